using System.Collections.Concurrent;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>What the soak's clients did, by kind of traffic, and why what failed did.</summary>
internal sealed class Ledger
{
    /// <summary>The reason of what cannot carry one: a connection, stream or WebSocket that ended before it was done.</summary>
    public const string StreamEnded = "stream ended";

    private readonly ConcurrentDictionary<string, long> _done = new();
    private readonly ConcurrentDictionary<(string Kind, string Reason), long> _failures = new();

    public long Done => _done.Values.Sum();

    public long Failed => _failures.Values.Sum();

    public IReadOnlyList<(string Kind, string Reason, long Count)> Failures =>
        [.. _failures.Select(f => (f.Key.Kind, f.Key.Reason, f.Value)).OrderBy(f => f.Kind, StringComparer.Ordinal).ThenBy(f => f.Reason, StringComparer.Ordinal)];

    public IReadOnlyDictionary<string, long> ByKind => _done;

    public void Ok(string kind) => _done.AddOrUpdate(kind, 1, (_, n) => n + 1);

    public void Fail(string kind, string reason)
    {
        Ok(kind);
        _failures.AddOrUpdate((kind, reason), 1, (_, n) => n + 1);
    }
}
