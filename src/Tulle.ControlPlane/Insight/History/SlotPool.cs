namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Slots that are to be written, and those that were and can be filled anew: thousands begin every ten seconds, and live long enough for the collector
/// to have moved them twice. Guarded by its <see cref="HistoryStore"/>.
/// </summary>
/// <param name="capacity">Most slots kept to be filled anew.</param>
internal sealed class SlotPool(int capacity)
{
    private readonly List<FullSlot> _full = [];
    private readonly Stack<TrafficSlot> _free = [];

    /// <summary>Slots that nothing is added to any more and that were not written yet.</summary>
    public IReadOnlyList<FullSlot> Full => _full;

    /// <summary>An empty slot.</summary>
    public TrafficSlot Begin(long second)
    {
        if (!_free.TryPop(out TrafficSlot? slot)) return new TrafficSlot(second);
        slot.Reset(second);
        return slot;
    }

    /// <summary>Nothing will be added to a slot any more.</summary>
    public void End(HistoryEntry entry, TrafficSlot slot) => _full.Add(new FullSlot(entry, slot));

    /// <summary>The first so many of <see cref="Full"/> were written, and nobody holds them any more.</summary>
    public void Written(int count)
    {
        for (int i = 0; i < count && _free.Count < capacity; i++) _free.Push(_full[i].Slot);
        _full.RemoveRange(0, count);
    }
}

/// <summary>A slot that is to be written.</summary>
internal readonly record struct FullSlot(HistoryEntry Entry, TrafficSlot Slot);
