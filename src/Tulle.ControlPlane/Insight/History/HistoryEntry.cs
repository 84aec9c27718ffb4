namespace Tulle.ControlPlane.Insight.History;

/// <summary>A series and the slots of it that still fill. Guarded by its <see cref="HistoryStore"/>.</summary>
internal sealed class HistoryEntry(long number)
{
    /// <summary>Its number in the database.</summary>
    public long Number => number;

    /// <summary>The database knows it.</summary>
    public bool Saved { get; set; }

    /// <summary>The slot of ten seconds that is now, or was when it was last reported.</summary>
    public TrafficSlot? Fine { get; set; }

    /// <summary>The one of the ten seconds before <see cref="Fine"/>: reports of now reach back into it.</summary>
    public TrafficSlot? Previous { get; set; }

    public TrafficSlot? Coarse { get; set; }

    /// <summary>Second of the newest traffic.</summary>
    public long LastSecond { get; set; }
}
