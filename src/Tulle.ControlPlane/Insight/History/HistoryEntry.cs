using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>A series and the slots of it that still fill. Guarded by its <see cref="HistoryStore"/>.</summary>
internal sealed class HistoryEntry(long number)
{
    /// <summary>The slot of ten seconds that is now, or was when it was last reported.</summary>
    private TrafficSlot? _fine;

    /// <summary>The one of the ten seconds before: reports of now reach back into it.</summary>
    private TrafficSlot? _previous;

    private TrafficSlot? _coarse;

    /// <summary>Its number in the database.</summary>
    public long Number => number;

    /// <summary>The database knows it.</summary>
    public bool Saved { get; set; }

    /// <summary>Second of the newest traffic.</summary>
    public long LastSecond { get; set; }

    /// <summary>The <see cref="LastSecond"/> that the database knows of.</summary>
    public long NotedSecond { get; set; }

    /// <summary>No slot of it still fills.</summary>
    public bool IsAtRest => _fine is null && _previous is null && _coarse is null;

    /// <summary>Slots of ten seconds that still fill.</summary>
    public IEnumerable<TrafficSlot> Filling
    {
        get
        {
            if (_previous is not null) yield return _previous;
            if (_fine is not null) yield return _fine;
        }
    }

    /// <summary>Adds what was reported now, as much of it as belongs to the current slot of ten seconds and to the one before.</summary>
    /// <param name="delta">What was reported.</param>
    /// <param name="now">Second of the report.</param>
    /// <param name="within">Seconds in which it happened.</param>
    /// <param name="slots">Has new ones, and gets those that became full.</param>
    public void Add(TrafficDelta delta, long now, int within, SlotPool slots)
    {
        long current = now - now % HistoryStore.FineStep;
        // Of a long silence everything before the last slot is taken to have happened in it.
        int later = (int)Math.Min(within, now - current + 1);
        LastSecond = now;
        Close(now, slots);
        if (later < within) (_previous ??= slots.Begin(current - HistoryStore.FineStep)).Add(delta, new Share(0, within - later, within));
        (_fine ??= slots.Begin(current)).Add(delta, new Share(within - later, within, within));
    }

    /// <summary>Takes slots away that no report of a second reaches.</summary>
    public void Close(long now, SlotPool slots)
    {
        long current = now - now % HistoryStore.FineStep;
        if (_previous is { } previous && previous.Second < current - HistoryStore.FineStep)
        {
            CloseFine(previous, slots);
            _previous = null;
        }
        if (_fine is { } fine && fine.Second < current)
        {
            if (fine.Second < current - HistoryStore.FineStep) CloseFine(fine, slots);
            else _previous = fine;
            _fine = null;
        }
        CloseCoarse(now - HistoryStore.CoarseStep - HistoryStore.FineStep + 1, slots);
    }

    /// <summary>Copies of what still fills, as slots of so many seconds.</summary>
    public IEnumerable<TrafficSlot> Open(int step)
    {
        foreach (TrafficSlot slot in Filling) yield return slot.Copy(slot.Second - slot.Second % step);
        if (step == HistoryStore.CoarseStep && _coarse is { } coarse) yield return coarse.Copy(coarse.Second);
    }

    private void CloseFine(TrafficSlot fine, SlotPool slots)
    {
        long minute = fine.Second - fine.Second % HistoryStore.CoarseStep;
        CloseCoarse(minute, slots);
        (_coarse ??= slots.Begin(minute)).Add(fine);
        slots.End(this, HistoryStore.FineStep, fine);
    }

    private void CloseCoarse(long before, SlotPool slots)
    {
        if (_coarse is not { } coarse || coarse.Second >= before) return;
        slots.End(this, HistoryStore.CoarseStep, coarse);
        _coarse = null;
    }
}
