using Google.Protobuf.Collections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// What happened in the last days: slots of ten seconds for six hours, of a minute for seven days. Memory holds only the slots
/// that still fill, which a report may do ten seconds later; every ten seconds those that are full are written to the database in one transaction,
/// and the others kept beside them, so that a run that ends without a word loses ten seconds. Thread-safe.
/// </summary>
internal sealed class HistoryStore : IAsyncDisposable
{
    public const int FineStep = 10;
    public const int CoarseStep = 60;
    public const int FineAge = 6 * 3600;
    public const int CoarseAge = 7 * 24 * 3600;

    /// <summary>Most series kept; what comes beyond is summed under the name "overflow".</summary>
    public const int MaxSeries = 10_000;

    // Add waits for the first only; whoever uses the database holds the second, and may take the first inside it.
    private readonly Lock _gate = new();
    private readonly Lock _io = new();
    private readonly HistoryEntries _series;
    private readonly SlotPool _slots;
    private readonly HistorySweep _sweep;
    private readonly HistoryDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly long _started;
    private long _lastOfBefore;

    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryStore(string path, TimeProvider clock, ILogger<HistoryStore> logger, int maxSeries = MaxSeries)
    {
        _clock = clock;
        _logger = logger;
        _series = new HistoryEntries(maxSeries);
        // Of each series the slot of ten seconds and that of a minute end at the same time at most.
        _slots = new SlotPool(2 * maxSeries);
        _started = Now;
        _database = new HistoryDatabase(path);
        _sweep = new HistorySweep(_database, _series, _gate, _started);
        Load();
        _writing = WriteAsync();
    }

    /// <summary>Opens a history; a damaged one is put aside as <c>.damaged</c> and begun anew, since nothing depends on it.</summary>
    public static HistoryStore Open(string path, TimeProvider clock, ILogger<HistoryStore> logger) =>
        DatabaseFile.OpenOrReplace(path, () => new HistoryStore(path, clock, logger), error => HistoryLog.Damaged(logger, error, path));

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Reports that were counted under "overflow", because there were too many series already.</summary>
    public long Overflowed => _series.Overflowed;

    /// <summary>Series kept.</summary>
    public int SeriesCount
    {
        get
        {
            lock (_gate) return _series.Count;
        }
    }

    /// <summary>The first second that anything is known of.</summary>
    public long Since { get; private set; }

    /// <summary>Takes what a proxy of a workload reported.</summary>
    /// <param name="seconds">Within how many seconds it happened.</param>
    public void Add(string @namespace, string workload, RepeatedField<TrafficDelta> deltas, int seconds = 1)
    {
        long now = Now;
        int within = Math.Clamp(seconds, 1, SeriesHistory.MaxAge);
        lock (_gate)
        {
            foreach (TrafficDelta delta in deltas)
            {
                if (delta is { Requests: 0, BytesReceived: 0, BytesSent: 0 }) continue;
                _series.Of(new HistoryId(@namespace, workload, SeriesId.Of(delta) with { Backend = "" })).Add(delta, now, within, _slots);
            }
        }
    }

    /// <summary>Hands out the slots of series.</summary>
    /// <param name="filter">Which series.</param>
    /// <param name="from">First second; before six hours ago, slots are a minute.</param>
    /// <param name="until">The second after the last.</param>
    /// <param name="take">Receives each slot; must not call back.</param>
    public void Read(Func<HistoryId, bool> filter, long from, long until, Action<HistoryId, TrafficSlot> take)
    {
        int step = StepFor(from);
        lock (_io)
        {
            (HistoryId Id, HistoryEntry Entry)[] matching;
            ILookup<HistoryEntry, TrafficSlot> unwritten;
            lock (_gate)
            {
                matching = _series.Where((id, _) => filter(id));
                unwritten = matching.SelectMany(item => item.Entry.Open(step), (item, slot) => (item.Entry, slot))
                    .Concat(_slots.Full.Where(full => full.Step == step).Select(full => (full.Entry, full.Slot)))
                    .ToLookup(item => item.Item1, item => item.Item2);
            }
            (long first, long end) = _database.Within(step, from, until);
            foreach ((HistoryId id, HistoryEntry entry) in matching)
            {
                foreach (TrafficSlot slot in _database.Slots(entry.Number, step, first, end)) take(id, slot);
                foreach (TrafficSlot slot in unwritten[entry])
                {
                    if (slot.Second >= from && slot.Second < until) take(id, slot);
                }
            }
        }
    }

    /// <summary>Seconds of a slot, if the first one is to begin then.</summary>
    public int StepFor(long from) => from >= Now - FineAge ? FineStep : CoarseStep;

    /// <summary>Writes what is full, and keeps what is not for a run that ends without a word; or, at the end, writes everything.</summary>
    public void Flush(bool everything = false)
    {
        lock (_io)
        {
            FullSlot[] batch;
            IReadOnlyList<byte[]> filling;
            (HistoryId Id, HistoryEntry Entry)[] unsaved;
            lock (_gate)
            {
                long now = everything ? long.MaxValue : Now;
                foreach (HistoryEntry entry in _series.All) entry.Close(now, _slots);
                batch = [.. _slots.Full];
                filling = FillingSlots.Encode(_series.All);
                unsaved = _series.Where((_, entry) => !entry.Saved);
            }
            try
            {
                if (batch.Length + filling.Count + unsaved.Length > 0) _database.Commit(() => Write(batch, filling, unsaved));
                foreach ((_, HistoryEntry entry) in unsaved) entry.Saved = true;
                _sweep.Run(Now);
            }
            catch (SqliteException error)
            {
                // A full disk must not fill the memory as well.
                HistoryLog.Lost(_logger, error, batch.Length);
            }
            lock (_gate) _slots.Written(batch.Length);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        Flush(everything: true);
        _database.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(FineStep), _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false)) Flush();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end; the rest is written by whoever stops it.
        }
    }

    private void Write(FullSlot[] batch, IReadOnlyList<byte[]> filling, (HistoryId Id, HistoryEntry Entry)[] unsaved)
    {
        foreach ((HistoryId id, HistoryEntry entry) in unsaved) _database.AddSeries(entry.Number, id);
        // In the order in which they lie.
        foreach ((HistoryEntry entry, int step, TrafficSlot slot) in batch.OrderBy(full => full.Step).ThenBy(full => full.Entry.Number))
        {
            // The last run may have written the first part of it.
            if (slot.Second <= _lastOfBefore) HistoryRecovery.Merge(_database, entry.Number, step, slot);
            else _database.Write(entry.Number, step, slot);
        }
        _database.KeepFilling(filling);
    }

    private void Load()
    {
        foreach ((long number, HistoryId id, long noted) in _database.Series()) _series.Load(number, id, noted, _started);
        HistoryRecovery.Recover(_database, _series.All.Select(entry => entry.Number), _started - FineAge);
        _lastOfBefore = Math.Max(_database.LastSlot(FineStep) ?? -1, _database.LastSlot(CoarseStep) ?? -1);
        Since = Math.Min(_started, _database.FirstSlot(CoarseStep) ?? _started);
    }
}
