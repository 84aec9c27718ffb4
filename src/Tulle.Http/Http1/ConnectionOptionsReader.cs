using System.Text;

namespace Tulle.Http.Http1;

/// <summary>Reads Connection (RFC 9110 §7.6.1).</summary>
internal static class ConnectionOptionsReader
{
    public static ConnectionOptions Read(ReadOnlySpan<byte> value, ConnectionOptions options)
    {
        var list = new ListReader(value);
        while (list.TryRead(out ReadOnlySpan<byte> option))
        {
            options |= Identify(option);
            if (option.ContainsAnyExcept(Characters.Token)) options |= ConnectionOptions.Invalid;
        }
        return options;
    }

    /// <summary>True for an option that is the name of another field. TE decides for itself whether it is forwarded.</summary>
    public static bool IsNomination(ReadOnlySpan<byte> option) =>
        Identify(option) == ConnectionOptions.Nominations && !Ascii.EqualsIgnoreCase(option, "te"u8);

    private static ConnectionOptions Identify(ReadOnlySpan<byte> option) => option.Length switch
    {
        5 when Ascii.EqualsIgnoreCase(option, "close"u8) => ConnectionOptions.Close,
        7 when Ascii.EqualsIgnoreCase(option, "upgrade"u8) => ConnectionOptions.Upgrade,
        10 when Ascii.EqualsIgnoreCase(option, "keep-alive"u8) => ConnectionOptions.KeepAlive,
        _ => ConnectionOptions.Nominations,
    };
}
