namespace Tulle.ControlPlane.Registry;

/// <summary>How the watch of one kind goes. Thread-safe.</summary>
internal sealed class WatchProgress(string resource, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private WatchReport _report = new(resource, false, null, 0, "");

    public WatchReport Report
    {
        get
        {
            lock (_gate) return _report;
        }
    }

    /// <summary>Something was heard of the server, so the watch works.</summary>
    public void Heard()
    {
        lock (_gate) _report = _report with { Changed = clock.GetUtcNow(), Error = "" };
    }

    /// <summary>The server has accepted the watch.</summary>
    public void Works()
    {
        lock (_gate) _report = _report with { Error = "" };
    }

    /// <summary>Everything was seen once.</summary>
    public void Synced()
    {
        lock (_gate) _report = _report with { IsSynced = true };
    }

    public void Failed(string error)
    {
        lock (_gate) _report = _report with { Failures = _report.Failures + 1, Error = error };
    }
}

/// <summary>How a watch is.</summary>
/// <param name="Resource">Plural of the kind, with its group.</param>
/// <param name="IsSynced">Whether everything was seen once.</param>
/// <param name="Changed">When something was last heard; null for never.</param>
/// <param name="Failures">Times that it broke or could not begin.</param>
/// <param name="Error">Why it does not work now; empty while it does.</param>
internal sealed record WatchReport(string Resource, bool IsSynced, DateTimeOffset? Changed, long Failures, string Error);
