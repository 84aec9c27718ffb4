using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>A series and the slots of it that still fill. Guarded by its <see cref="HistoryStore"/>.</summary>
internal sealed class HistoryEntry(long number)
{
    /// <summary>The slot of ten seconds that is now, or was when it was last reported.</summary>
    private TrafficSlot? _current;

    /// <summary>The one of the ten seconds before: reports of now reach back into it.</summary>
    private TrafficSlot? _previous;

    /// <summary>Its number in the database.</summary>
    public long Number => number;

    /// <summary>The database knows it.</summary>
    public bool Saved { get; set; }

    /// <summary>Second of the newest traffic.</summary>
    public long LastSecond { get; set; }

    /// <summary>The <see cref="LastSecond"/> that the database knows of.</summary>
    public long NotedSecond { get; set; }

    /// <summary>No slot of it still fills.</summary>
    public bool IsAtRest => _current is null && _previous is null;

    /// <summary>Slots that still fill.</summary>
    public IEnumerable<TrafficSlot> Filling
    {
        get
        {
            if (_previous is not null) yield return _previous;
            if (_current is not null) yield return _current;
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
        (_current ??= slots.Begin(current)).Add(delta, new Share(within - later, within, within));
    }

    /// <summary>Takes slots away that no report of a second reaches.</summary>
    public void Close(long now, SlotPool slots)
    {
        long reached = now - now % HistoryStore.FineStep - HistoryStore.FineStep;
        if (_previous is { } previous && previous.Second < reached)
        {
            slots.End(this, previous);
            _previous = null;
        }
        if (_current is { } last && last.Second <= reached)
        {
            if (last.Second < reached) slots.End(this, last);
            else _previous = last;
            _current = null;
        }
    }
}
