namespace Tulle.Proxy.Routing;

/// <summary>
/// Which conditions of a table can match a path at all, by hashes of the path's prefixes. It only narrows down: every
/// candidate is evaluated, so a collision of hashes costs time, not correctness. Lists are ascending. Immutable.
/// </summary>
internal sealed class PathIndex
{
    /// <summary>FNV-1a's offset: the hash of no bytes.</summary>
    public const ulong EmptyHash = 14695981039346656037;

    private readonly Dictionary<ulong, int[]> _prefixes;
    private readonly Dictionary<ulong, int[]> _exacts;
    private readonly int[] _unindexed;

    private PathIndex(Dictionary<ulong, int[]> prefixes, Dictionary<ulong, int[]> exacts, int[] lengths, int[] unindexed)
    {
        _prefixes = prefixes;
        _exacts = exacts;
        PrefixLengths = lengths;
        _unindexed = unindexed;
    }

    /// <summary>The lengths that prefixes have, ascending.</summary>
    public int[] PrefixLengths { get; }

    /// <summary>Conditions that say nothing about the path's start.</summary>
    public ReadOnlySpan<int> Unindexed => _unindexed;

    public static PathIndex Build(ConditionModel?[] conditions)
    {
        var prefixes = new Dictionary<ulong, List<int>>();
        var exacts = new Dictionary<ulong, List<int>>();
        var lengths = new SortedSet<int>();
        var unindexed = new List<int>();
        var requirements = new List<PathRequirement>();
        for (int i = 0; i < conditions.Length; i++)
        {
            requirements.Clear();
            if (conditions[i]?.TryAddPathRequirements(requirements) != true)
            {
                unindexed.Add(i);
                continue;
            }
            foreach (PathRequirement requirement in requirements)
            {
                if (!requirement.IsExact) lengths.Add(requirement.Text.Length);
                Add(requirement.IsExact ? exacts : prefixes, Extend(EmptyHash, requirement.Text), i);
            }
        }
        return new PathIndex(Freeze(prefixes), Freeze(exacts), [.. lengths], [.. unindexed]);
    }

    /// <summary>The hash of more bytes behind those that were hashed.</summary>
    public static ulong Extend(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes) hash = (hash ^ next) * 1099511628211;
        return hash;
    }

    /// <summary>Conditions that require a prefix of that hash.</summary>
    public ReadOnlySpan<int> WithPrefix(ulong hash) => _prefixes.TryGetValue(hash, out int[]? found) ? found : [];

    /// <summary>Conditions that require a whole path of that hash.</summary>
    public ReadOnlySpan<int> WithExact(ulong hash) => _exacts.TryGetValue(hash, out int[]? found) ? found : [];

    private static void Add(Dictionary<ulong, List<int>> lists, ulong hash, int index)
    {
        if (!lists.TryGetValue(hash, out List<int>? list)) lists[hash] = list = [];
        if (list.Count == 0 || list[^1] != index) list.Add(index);
    }

    private static Dictionary<ulong, int[]> Freeze(Dictionary<ulong, List<int>> lists) =>
        lists.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
}
