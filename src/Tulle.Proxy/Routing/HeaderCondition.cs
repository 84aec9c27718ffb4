using System.Buffers;
using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>
/// A condition on a header field. A field that is absent never matches; one that is repeated is matched as the
/// comma-separated list that it stands for (RFC 9110 §5.3).
/// </summary>
internal sealed class HeaderCondition(byte[] name, StringMatchModel match) : ConditionModel
{
    private const int StackBytes = 512;

    public override bool Matches(in RequestView request)
    {
        int next = 0;
        if (!request.TryFindHeader(name, ref next, out ReadOnlySpan<byte> value)) return false;
        if (match.IsPresence) return true;
        int rest = next;
        return request.TryFindHeader(name, ref rest, out _) ? MatchesJoined(request) : match.Matches(value);
    }

    private bool MatchesJoined(in RequestView request)
    {
        int length = Join(request, default);
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> joined = rented ?? stackalloc byte[StackBytes];
        Join(request, joined);
        bool matches = match.Matches(joined[..length]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return matches;
    }

    /// <summary>Length of the values joined by commas, written to <paramref name="destination"/> unless that is empty.</summary>
    private int Join(in RequestView request, Span<byte> destination)
    {
        int length = 0;
        int next = 0;
        while (request.TryFindHeader(name, ref next, out ReadOnlySpan<byte> value))
        {
            if (length > 0)
            {
                if (!destination.IsEmpty) destination[length] = (byte)',';
                length++;
            }
            if (!destination.IsEmpty) value.CopyTo(destination[length..]);
            length += value.Length;
        }
        return length;
    }
}
