using System.Buffers;

namespace Tulle.Http.Tracing;

/// <summary>Checks <c>tracestate</c> (W3C Trace Context §3.3), which may be split over several fields. A mutable struct.</summary>
internal struct TraceStateReader
{
    private const int MaxMembers = 32;
    private const int MaxKey = 256;
    private const int MaxTenant = 241;
    private const int MaxSystem = 14;
    private const int MaxValue = 256;

    private static readonly SearchValues<byte> s_key = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-*/"u8);

    private int _members;

    /// <summary>Reads one field; false when it makes the whole invalid. A key that comes twice does not: §3.3.1.3.1 only forbids to add it.</summary>
    public bool TryRead(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> member = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            // Empty members are allowed, and not counted.
            if (!member.IsEmpty && (++_members > MaxMembers || !IsMember(member))) return false;
            if (comma < 0) return true;
            value = value[(comma + 1)..];
        }
    }

    private static bool IsMember(ReadOnlySpan<byte> member)
    {
        int equals = member.IndexOf((byte)'=');
        return equals > 0 && IsKey(member[..equals]) && IsValue(member[(equals + 1)..]);
    }

    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        int at = key.IndexOf((byte)'@');
        if (at < 0) return key.Length <= MaxKey && IsName(key);
        ReadOnlySpan<byte> system = key[(at + 1)..];
        return at <= MaxTenant && system.Length <= MaxSystem && IsName(key[..at]) && IsName(system);
    }

    private static bool IsName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name[0] is >= (byte)'a' and <= (byte)'z' or >= (byte)'0' and <= (byte)'9' && !name.ContainsAnyExcept(s_key);

    private static bool IsValue(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= MaxValue && !value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) && !value.Contains((byte)'=');
}
