using Google.Protobuf.Collections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// What happened in the last days: slots of ten seconds for six hours, of a minute and of an hour for seven days, as far as a bound in bytes allows. Memory holds
/// only the slots that still fill, which a report may do ten seconds later; every ten seconds those that are full are written to the database in one transaction,
/// and the others kept beside them, so that a run that ends without a word loses ten seconds. Thread-safe.
/// </summary>
internal sealed class HistoryStore : IAsyncDisposable
{
    public const int FineStep = 10;
    public const int CoarseStep = 60;
    public const int HourStep = 3600;
    public const int FineAge = 6 * 3600;
    public const int CoarseAge = 7 * 24 * 3600;

    /// <summary>Most series kept; what comes beyond is summed under the name "overflow".</summary>
    public const int MaxSeries = 10_000;

    /// <summary>
    /// Most bytes of the file: what the disk of any machine has left, and all detail of 1,500 busy series for a week; of 6,000 it is the ten seconds of six hours, the
    /// minutes of half a day and the hours of the week.
    /// </summary>
    public const long MaxBytes = 1L << 30;

    // Add waits for the first only; whoever uses the database holds the second, and may take the first inside it.
    private readonly Lock _gate = new();
    private readonly Lock _io = new();
    private readonly HistoryEntries _series;
    private readonly SlotPool _slots;
    private readonly HistoryDatabase _database;
    private readonly HistoryWriter _writer;
    private readonly HistoryRollUp _rollUp;
    private readonly HistoryReader _reader;
    private readonly HistorySweep _sweep;
    private readonly HistorySpace _space;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private readonly long _started;

    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryStore(string path, TimeProvider clock, ILogger<HistoryStore> logger, int maxSeries = MaxSeries, long maxBytes = MaxBytes)
    {
        _clock = clock;
        _logger = logger;
        _series = new HistoryEntries(maxSeries);
        // Of each series the slots of the last ten seconds and of those before still fill.
        _slots = new SlotPool(2 * maxSeries);
        _started = Now;
        HistoryTakeOver.Run(path);
        _database = new HistoryDatabase(path);
        _rollUp = new HistoryRollUp(_database);
        _writer = new HistoryWriter(_database, _rollUp);
        _reader = new HistoryReader(_database);
        _sweep = new HistorySweep(_database, _series, _gate, _started);
        _space = new HistorySpace(_database, _rollUp, maxBytes);
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

    /// <summary>The bound on the file.</summary>
    public HistorySpace Space => _space;

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

    /// <summary>Sums what series counted, in each step of a time.</summary>
    /// <param name="sumsOf">The sums of a series, one for each step; null leaves it out. Must not call back.</param>
    /// <param name="from">First second of the first step; the sums begin later when what is known does.</param>
    /// <param name="until">The second after the last.</param>
    /// <param name="step">Seconds of each, a multiple of <see cref="StepFor"/>; null for one of all of the time.</param>
    /// <returns>The second with which the first sum really begins: slots are not divided.</returns>
    public long AddTo(Func<HistoryId, TrafficTotals[]?> sumsOf, long from, long until, int? step = null)
    {
        lock (_io)
        {
            IReadOnlyList<HistoryPiece> pieces = Pieces().Of(from, until, step ?? HourStep);
            var sums = new HistorySums(pieces is [var oldest, ..] ? oldest.From : until, from, until, step);
            lock (_gate) sums.Gather(_series, _slots, sumsOf);
            _reader.AddTo(sums, pieces);
            return sums.First;
        }
    }

    /// <summary>Seconds of the shortest slots that are kept of all that follows a second.</summary>
    public int StepFor(long from)
    {
        lock (_io) return Pieces().StepFrom(from);
    }

    /// <summary>Writes what is full, and keeps what is not for a run that ends without a word; or, at the end, writes everything.</summary>
    public void Flush(bool everything = false)
    {
        lock (_io)
        {
            HistoryBatch batch;
            lock (_gate) batch = HistoryBatch.Of(_series, _slots, everything ? long.MaxValue : Now);
            try
            {
                if (!batch.IsEmpty) _writer.Write(batch);
                // The last slot that a report of now may add to began ten seconds before this one.
                _database.Commit(() => _rollUp.Run(Now - FineStep, batch.Blocks));
                _sweep.Run(Now);
                _space.Run();
            }
            catch (SqliteException error)
            {
                // A full disk must not fill the memory as well.
                HistoryLog.Lost(_logger, error, batch.Full.Count);
                _rollUp.Load();
            }
            lock (_gate) _slots.Written(batch.Full.Count);
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

    private void Load()
    {
        foreach ((long number, HistoryId id, long noted) in _database.Series()) _series.Load(number, id, noted, _started);
        _writer.Recover();
        _database.Commit(() => _rollUp.Run(Now - FineStep, _series.Blocks));
        long oldest = Math.Min(_database.Tens.First ?? _started, _database.Minutes.First ?? _started);
        // An hour has the minutes that it begins with only where those are forgotten.
        Since = Math.Min(_started, _database.Hours.First is { } hour && hour < _database.Hours.Floor(oldest) ? hour : oldest);
    }

    private HistoryPieces Pieces()
    {
        long now = Now;
        return new HistoryPieces(
            Math.Max(now - FineAge, _database.ForgottenUntil(FineStep)), _database.ForgottenUntil(CoarseStep), _database.ForgottenUntil(HourStep), _rollUp.MinutesUntil, _rollUp.HoursUntil);
    }
}
