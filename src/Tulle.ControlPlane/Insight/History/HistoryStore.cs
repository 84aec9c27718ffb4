using Google.Protobuf.Collections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// What happened in the last days: slots of ten seconds for six hours, of a minute for seven days. Memory holds only the slots
/// that still fill, which a report may do ten seconds later; every ten seconds those that are full are written to the database in one transaction. Thread-safe.
/// </summary>
internal sealed class HistoryStore : IAsyncDisposable
{
    public const int FineStep = 10;
    public const int CoarseStep = 60;
    public const int FineAge = 6 * 3600;
    public const int CoarseAge = 7 * 24 * 3600;

    /// <summary>Most series kept; what comes beyond is summed under the name "overflow".</summary>
    public const int MaxSeries = 5_000;

    private const int SweepPeriod = 600;

    // Add waits for the first only; whoever uses the database holds the second, and may take the first inside it.
    private readonly Lock _gate = new();
    private readonly Lock _io = new();
    private readonly Dictionary<HistoryId, HistoryEntry> _series = [];
    private readonly List<(HistoryEntry Entry, int Step, TrafficSlot Slot)> _full = [];
    private readonly HistoryDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly long _started;
    private readonly int _maxSeries;
    private long _lastNumber;
    private long _nextSweep;
    private long _overflowed;

    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryStore(string path, TimeProvider clock, ILogger<HistoryStore> logger, int maxSeries = MaxSeries)
    {
        _clock = clock;
        _logger = logger;
        _maxSeries = maxSeries;
        _started = Now;
        _nextSweep = _started;
        Since = _started;
        _database = new HistoryDatabase(path);
        Load();
        _writing = WriteAsync();
    }

    /// <summary>Opens a history; a damaged one is put aside as <c>.damaged</c> and begun anew, since nothing depends on it.</summary>
    public static HistoryStore Open(string path, TimeProvider clock, ILogger<HistoryStore> logger) =>
        DatabaseFile.OpenOrReplace(path, () => new HistoryStore(path, clock, logger), error => HistoryLog.Damaged(logger, error, path));

    private long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Reports that were counted under "overflow", because there were too many series already.</summary>
    public long Overflowed => Interlocked.Read(ref _overflowed);

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
        // Of a long silence everything before the last slot is taken to have happened in it.
        int within = Math.Clamp(seconds, 1, SeriesHistory.MaxAge);
        int current = (int)Math.Min(within, now % FineStep + 1);
        Share earlier = new(0, within - current, within), later = new(within - current, within, within);
        lock (_gate)
        {
            foreach (TrafficDelta delta in deltas)
            {
                if (delta is { Requests: 0, BytesReceived: 0, BytesSent: 0 }) continue;
                HistoryEntry entry = Entry(new HistoryId(@namespace, workload, SeriesId.Of(delta) with { Backend = "" }));
                entry.LastSecond = now;
                Close(entry, now);
                if (current < within) (entry.Previous ??= new TrafficSlot(now - now % FineStep - FineStep)).Add(delta, earlier);
                (entry.Fine ??= new TrafficSlot(now - now % FineStep)).Add(delta, later);
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
            var open = new List<(HistoryEntry Entry, TrafficSlot Slot)>();
            lock (_gate)
            {
                matching = [.. _series.Where(pair => filter(pair.Key)).Select(pair => (pair.Key, pair.Value))];
                open.AddRange(_full.Where(full => full.Step == step).Select(full => (full.Entry, full.Slot)));
                foreach ((_, HistoryEntry entry) in matching)
                {
                    if (entry.Previous is { } previous) open.Add((entry, previous.Copy(previous.Second - previous.Second % step)));
                    if (entry.Fine is { } fine) open.Add((entry, fine.Copy(fine.Second - fine.Second % step)));
                    if (step == CoarseStep && entry.Coarse is { } coarse) open.Add((entry, coarse.Copy(coarse.Second)));
                }
            }
            ILookup<HistoryEntry, TrafficSlot> unwritten = open.ToLookup(item => item.Entry, item => item.Slot);
            foreach ((HistoryId id, HistoryEntry entry) in matching)
            {
                foreach (TrafficSlot slot in _database.Slots(entry.Number, step, from, until)) take(id, slot);
                foreach (TrafficSlot slot in unwritten[entry])
                {
                    if (slot.Second >= from && slot.Second < until) take(id, slot);
                }
            }
        }
    }

    /// <summary>Seconds of a slot, if the first one is to begin then.</summary>
    public int StepFor(long from) => from >= Now - FineAge ? FineStep : CoarseStep;

    /// <summary>Writes what is full, or, at the end, everything.</summary>
    public void Flush(bool everything = false)
    {
        lock (_io)
        {
            (HistoryEntry Entry, int Step, TrafficSlot Slot)[] batch;
            (HistoryId Id, HistoryEntry Entry)[] unsaved;
            lock (_gate)
            {
                long now = everything ? long.MaxValue : Now;
                foreach (HistoryEntry entry in _series.Values) Close(entry, now);
                batch = [.. _full];
                unsaved = [.. _series.Where(pair => !pair.Value.Saved).Select(pair => (pair.Key, pair.Value))];
            }
            try
            {
                if (batch.Length > 0 || unsaved.Length > 0) _database.Commit(() => Write(batch, unsaved));
                foreach ((_, HistoryEntry entry) in unsaved) entry.Saved = true;
                Sweep();
            }
            catch (SqliteException error)
            {
                // A full disk must not fill the memory as well.
                HistoryLog.Lost(_logger, error, batch.Length);
            }
            lock (_gate) _full.RemoveRange(0, batch.Length);
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

    private void Write((HistoryEntry Entry, int Step, TrafficSlot Slot)[] batch, (HistoryId Id, HistoryEntry Entry)[] unsaved)
    {
        foreach ((HistoryId id, HistoryEntry entry) in unsaved)
        {
            _database.AddSeries(entry.Number, id);
        }
        foreach ((HistoryEntry entry, int step, TrafficSlot slot) in batch)
        {
            // The last run may have written the first part of it.
            if (slot.Second <= _started)
            {
                foreach (TrafficSlot before in _database.Slots(entry.Number, step, slot.Second, slot.Second + 1)) slot.Add(before);
            }
            _database.Write(entry.Number, step, slot);
        }
    }

    /// <summary>Puts slots that no report of a second reaches aside, to be written.</summary>
    private void Close(HistoryEntry entry, long now)
    {
        long current = now - now % FineStep;
        if (entry.Previous is { } previous && previous.Second < current - FineStep)
        {
            Close(entry, previous);
            entry.Previous = null;
        }
        if (entry.Fine is { } fine && fine.Second < current)
        {
            if (fine.Second < current - FineStep) Close(entry, fine);
            else entry.Previous = fine;
            entry.Fine = null;
        }
        CloseCoarse(entry, now - CoarseStep - FineStep + 1);
    }

    private void Close(HistoryEntry entry, TrafficSlot fine)
    {
        _full.Add((entry, FineStep, fine));
        long minute = fine.Second - fine.Second % CoarseStep;
        CloseCoarse(entry, minute);
        (entry.Coarse ??= new TrafficSlot(minute)).Add(fine);
    }

    private void CloseCoarse(HistoryEntry entry, long before)
    {
        if (entry.Coarse is not { } coarse || coarse.Second >= before) return;
        _full.Add((entry, CoarseStep, coarse));
        entry.Coarse = null;
    }

    private HistoryEntry Entry(HistoryId id)
    {
        if (_series.TryGetValue(id, out HistoryEntry? known)) return known;
        if (_series.Count >= _maxSeries)
        {
            Interlocked.Increment(ref _overflowed);
            id = new HistoryId("", "", SeriesId.Overflow(id.Series.Direction, id.Series.Tls));
            if (_series.TryGetValue(id, out known)) return known;
        }
        return _series[id] = new HistoryEntry(++_lastNumber);
    }

    private void Load()
    {
        foreach ((long number, HistoryId id) in _database.Series())
        {
            _lastNumber = Math.Max(_lastNumber, number);
            long last = Math.Max(_database.LastSlot(number, FineStep), _database.LastSlot(number, CoarseStep));
            _series[id] = new HistoryEntry(number) { Saved = true, LastSecond = last };
            if (_database.FirstSlot(number, CoarseStep) is > 0 and long first) Since = Math.Min(Since, first);
        }
        _database.Commit(() =>
        {
            foreach (HistoryEntry entry in _series.Values) RollUp(entry.Number);
        });
    }

    /// <summary>Makes the minutes that a run that ended without a word left as slots of ten seconds.</summary>
    private void RollUp(long series)
    {
        long from = Math.Max(_database.LastSlot(series, CoarseStep) + CoarseStep, _started - FineAge);
        foreach (IGrouping<long, TrafficSlot> minute in _database.Slots(series, FineStep, from, long.MaxValue).GroupBy(slot => slot.Second - slot.Second % CoarseStep))
        {
            var whole = new TrafficSlot(minute.Key);
            foreach (TrafficSlot slot in minute) whole.Add(slot);
            _database.Write(series, CoarseStep, whole);
        }
    }

    /// <summary>Forgets what is too old.</summary>
    private void Sweep()
    {
        long now = Now;
        if (now < _nextSweep) return;
        _nextSweep = now + SweepPeriod;
        (HistoryId Id, HistoryEntry Entry)[] all, silent;
        lock (_gate)
        {
            all = [.. _series.Where(pair => pair.Value.Saved).Select(pair => (pair.Key, pair.Value))];
            silent = [.. all.Where(pair => pair.Entry.LastSecond < now - CoarseAge && pair.Entry is { Fine: null, Previous: null, Coarse: null })];
            foreach ((HistoryId id, _) in silent) _series.Remove(id);
        }
        _database.Commit(() =>
        {
            foreach ((_, HistoryEntry entry) in silent) _database.RemoveSeries(entry.Number);
            foreach ((_, HistoryEntry entry) in all)
            {
                _database.Forget(entry.Number, FineStep, now - FineAge);
                _database.Forget(entry.Number, CoarseStep, now - CoarseAge);
            }
        });
    }
}
