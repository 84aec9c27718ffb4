using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.AccessLog;

/// <summary>Envoy's letters for <see cref="ResponseFlags"/>, by the number of the bit.</summary>
internal static class FlagNames
{
    private static readonly byte[][] Names =
    [
        [.. "UH"u8], [.. "UF"u8], [.. "UO"u8], [.. "NR"u8], [.. "URX"u8], [.. "DC"u8], [.. "UT"u8], [.. "LR"u8], [.. "UR"u8], [.. "UC"u8],
        [.. "DI"u8], [.. "FI"u8], [.. "RL"u8], [.. "SI"u8], [.. "DPE"u8], [.. "UPE"u8], [.. "UMSDR"u8], [.. "NC"u8], [.. "DF"u8], [.. "OM"u8],
    ];

    public static int Count => Names.Length;

    public static ReadOnlySpan<byte> Of(int bit) => Names[bit];

    /// <summary>As in the log: "UT,URX"; "-" for none.</summary>
    public static string Text(ResponseFlags flags)
    {
        var names = Enumerable.Range(0, Count).Where(bit => ((int)flags >> bit & 1) != 0).Select(bit => System.Text.Encoding.ASCII.GetString(Names[bit]));
        return flags == ResponseFlags.None ? "-" : string.Join(",", names);
    }
}
