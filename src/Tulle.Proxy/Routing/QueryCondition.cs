using System.Buffers;
using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>
/// A condition on a query parameter: the first one of that name, percent-decoded; "+" stays, which only HTML forms read as a
/// space. A parameter that is absent never matches.
/// </summary>
internal sealed class QueryCondition(byte[] name, StringMatchModel match) : ConditionModel
{
    private const int StackBytes = 256;

    public override bool Matches(in RequestView request)
    {
        ReadOnlySpan<byte> rest = request.Query;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'&');
            ReadOnlySpan<byte> parameter = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];

            int equals = parameter.IndexOf((byte)'=');
            ReadOnlySpan<byte> key = equals < 0 ? parameter : parameter[..equals];
            if (IsName(key)) return MatchesValue(equals < 0 ? default : parameter[(equals + 1)..]);
        }
        return false;
    }

    private bool IsName(ReadOnlySpan<byte> key)
    {
        if (!key.Contains((byte)'%')) return key.SequenceEqual(name);
        // Three bytes at most stand for one.
        if (key.Length < name.Length || key.Length > name.Length * 3 || key.Length > StackBytes) return false;
        Span<byte> decoded = stackalloc byte[StackBytes];
        return decoded[..PercentDecoder.Decode(key, decoded)].SequenceEqual(name);
    }

    private bool MatchesValue(ReadOnlySpan<byte> value)
    {
        if (match.IsPresence || !value.Contains((byte)'%')) return match.Matches(value);
        byte[]? rented = value.Length > StackBytes ? ArrayPool<byte>.Shared.Rent(value.Length) : null;
        Span<byte> decoded = rented ?? stackalloc byte[StackBytes];
        bool matches = match.Matches(decoded[..PercentDecoder.Decode(value, decoded)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return matches;
    }
}
