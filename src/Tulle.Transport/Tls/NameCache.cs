using System.Text;

namespace Tulle.Transport.Tls;

/// <summary>
/// One string for the same name, however many connections it was proved or agreed on: a server has many connections and few peers.
/// Any thread: a race costs a further string.
/// </summary>
internal sealed class NameCache
{
    // More peers than this at one time only mean that some of their connections have a string of their own.
    private const int Slots = 128;

    private readonly string?[] _names = new string?[Slots];

    /// <summary>The name as a string.</summary>
    public string Get(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return "";
        var hash = default(HashCode);
        hash.AddBytes(name);
        ref string? slot = ref _names[(uint)hash.ToHashCode() % Slots];
        if (slot is { } known && Ascii.Equals(name, known)) return known;
        return slot = Encoding.UTF8.GetString(name);
    }
}
