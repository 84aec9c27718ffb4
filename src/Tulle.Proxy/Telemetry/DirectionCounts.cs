using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>Counts of one event loop by direction and a fixed set of names. Only that loop writes; any thread reads.</summary>
internal sealed class DirectionCounts(params string[] names)
{
    private readonly long[] _counts = new long[2 * names.Length];

    /// <summary>The names, as a metric's label.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>One more. Loop thread; no allocation.</summary>
    public void Count(Direction direction, int name) => _counts[IndexOf(direction, name)]++;

    /// <summary>The count now. Any thread.</summary>
    public long this[Direction direction, int name] => Volatile.Read(ref _counts[IndexOf(direction, name)]);

    private int IndexOf(Direction direction, int name) => direction == Direction.Inbound ? name : names.Length + name;
}
