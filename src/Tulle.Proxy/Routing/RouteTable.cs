using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>Finds the first of many conditions that a request meets. Immutable; any thread.</summary>
internal sealed class RouteTable
{
    /// <summary>Below this, trying one after the other is faster than hashing the path.</summary>
    private const int MinIndexed = 8;

    private readonly ConditionModel?[] _conditions;
    private readonly PathIndex? _index;

    public RouteTable(ConditionModel?[] conditions)
    {
        _conditions = conditions;
        if (conditions.Length >= MinIndexed) _index = PathIndex.Build(conditions);
    }

    /// <summary>Index of the first condition that matches (null matches everything); -1 when none does.</summary>
    public int Find(in RequestView request)
    {
        if (_index is not null) return FindIndexed(_index, request);
        for (int i = 0; i < _conditions.Length; i++)
        {
            if (Matches(i, request)) return i;
        }
        return -1;
    }

    private int FindIndexed(PathIndex index, in RequestView request)
    {
        int best = _conditions.Length;
        TryCandidates(index.Unindexed, request, ref best);
        ReadOnlySpan<byte> path = request.Path;
        ulong hash = PathIndex.EmptyHash;
        int hashed = 0;
        foreach (int length in index.PrefixLengths)
        {
            if (length > path.Length) break;
            hash = PathIndex.Extend(hash, path[hashed..length]);
            hashed = length;
            TryCandidates(index.WithPrefix(hash), request, ref best);
        }
        TryCandidates(index.WithExact(PathIndex.Extend(hash, path[hashed..])), request, ref best);
        return best < _conditions.Length ? best : -1;
    }

    private void TryCandidates(ReadOnlySpan<int> candidates, in RequestView request, ref int best)
    {
        foreach (int candidate in candidates)
        {
            if (candidate >= best) return;
            if (!Matches(candidate, request)) continue;
            best = candidate;
            return;
        }
    }

    private bool Matches(int index, in RequestView request) => _conditions[index] is not { } condition || condition.Matches(request);
}
