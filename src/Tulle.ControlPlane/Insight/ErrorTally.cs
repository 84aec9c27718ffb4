using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>How often the mesh failed requests, by reason. Not thread-safe.</summary>
internal sealed class ErrorTally
{
    /// <summary>Most reasons that are kept apart; proxies of ours have fewer.</summary>
    private const int MaxReasons = 64;

    private readonly Dictionary<string, (ErrorSide Side, ulong Count)> _counts = new(StringComparer.Ordinal);

    /// <summary>Reasons as in the tulle-error header, the most frequent first.</summary>
    public IEnumerable<(string Reason, ErrorSide Side, ulong Count)> All =>
        _counts.Select(pair => (pair.Key, pair.Value.Side, pair.Value.Count)).OrderByDescending(error => error.Count).ThenBy(error => error.Item1, StringComparer.Ordinal);

    public ulong CountOf(string reason) => _counts.GetValueOrDefault(reason).Count;

    public void Add(string reason, ErrorSide side, ulong count)
    {
        if (!_counts.TryGetValue(reason, out (ErrorSide Side, ulong Count) known) && _counts.Count >= MaxReasons) reason = "other";
        known = _counts.GetValueOrDefault(reason);
        _counts[reason] = (side, known.Count + count);
    }

    public void Add(ErrorTally other)
    {
        foreach ((string reason, (ErrorSide side, ulong count)) in other._counts) Add(reason, side, count);
    }
}
