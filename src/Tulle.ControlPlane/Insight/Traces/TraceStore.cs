using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>
/// The traces that are kept. Spans come in any order and late; they gather in memory and are written once a second, and a trace is put
/// together when it is asked for. Thread-safe.
/// </summary>
internal sealed class TraceStore : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // Whoever adds waits for the first only; whoever uses the database holds the second, and may take the first inside it.
    private readonly Lock _gate = new();
    private readonly Lock _io = new();
    private readonly TraceDatabase _database;
    private readonly TraceStoreLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private List<TraceSpan> _waiting = [];
    private long _waitingBytes;
    private long _spans;
    private long _bytes;
    private long _droppedInQueue;
    private long _droppedInStore;

    /// <param name="path">Null keeps them in memory.</param>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public TraceStore(string? path, TimeProvider clock, ILogger<TraceStore> logger, TraceStoreLimits? limits = null)
    {
        (_clock, _logger, _limits) = (clock, logger, limits ?? new TraceStoreLimits());
        _database = new TraceDatabase(path);
        (_, _spans, _bytes, _) = _database.Size();
        _writing = WriteAsync();
    }

    /// <summary>Opens a store; a damaged one is put aside as <c>.damaged</c> and begun anew.</summary>
    public static TraceStore Open(string? path, TimeProvider clock, ILogger<TraceStore> logger, TraceStoreLimits? limits = null) =>
        DatabaseFile.OpenOrReplace(path, () => new TraceStore(path, clock, logger, limits), error => TraceLog.Damaged(logger, error, path!));

    /// <summary>What it may grow to.</summary>
    public TraceStoreLimits Limits => _limits;

    /// <summary>Spans kept, about.</summary>
    public long SpanCount => Interlocked.Read(ref _spans);

    /// <summary>Spans that wait to be written.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Spans that came faster than they were written, or could not be.</summary>
    public long DroppedInQueue => Interlocked.Read(ref _droppedInQueue);

    /// <summary>Spans that gave way to newer ones, or were too many for one trace.</summary>
    public long DroppedInStore => Interlocked.Read(ref _droppedInStore);

    /// <summary>Takes a span; one too many is dropped and counted.</summary>
    public void Add(TraceSpan span)
    {
        int bytes = span.Span.CalculateSize();
        lock (_gate)
        {
            if (_waiting.Count >= _limits.Waiting || _waitingBytes + bytes > _limits.WaitingBytes)
            {
                Interlocked.Increment(ref _droppedInQueue);
                return;
            }
            _waiting.Add(span);
            _waitingBytes += bytes;
        }
    }

    /// <summary>How much is kept.</summary>
    public (long Traces, long Spans, long Bytes, long OldestMicros) Size()
    {
        lock (_io)
        {
            Flush();
            return _database.Size();
        }
    }

    /// <summary>All spans of a trace; none when it is not known.</summary>
    public IReadOnlyList<TraceSpan> Spans(UInt128 trace)
    {
        lock (_io)
        {
            Flush();
            return _database.Spans(trace);
        }
    }

    /// <summary>Traces that match, newest first, and whether there are more.</summary>
    public (IReadOnlyList<TraceTree> Traces, bool More) Find(TraceQuery query)
    {
        var found = new List<TraceTree>();
        int scanned = 0;
        lock (_io)
        {
            Flush();
            (string condition, object[] parameters) = query.ToSql();
            foreach (UInt128 id in _database.Find(condition, parameters))
            {
                // Tags are not in an index: a question that matches nothing must not read for ever.
                if (found.Count == query.Limit || scanned > TraceQuery.MaxScannedSpans) return (found, true);
                IReadOnlyList<TraceSpan> spans = _database.Spans(id);
                scanned += spans.Count;
                if (query.HasTags(spans)) found.Add(TraceTree.Of(spans));
            }
        }
        return (found, false);
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        lock (_io)
        {
            List<TraceSpan> batch;
            lock (_gate)
            {
                if (_waiting.Count == 0 && _spans == 0) return;
                (batch, _waiting, _waitingBytes) = (_waiting, [], 0);
            }
            (long spans, long bytes) = (_spans, _bytes);
            try
            {
                _database.Commit(() =>
                {
                    foreach (IGrouping<UInt128, TraceSpan> trace in batch.GroupBy(span => span.TraceId)) Write(trace.Key, [.. trace]);
                    MakeRoom();
                });
            }
            catch (SqliteException error)
            {
                // A full disk must not fill the memory as well.
                (_spans, _bytes) = (spans, bytes);
                Interlocked.Add(ref _droppedInQueue, batch.Count);
                if (batch.Count > 0) TraceLog.Lost(_logger, error, batch.Count);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        Flush();
        _database.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        using var timer = new PeriodicTimer(Period, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false)) Flush();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end; the rest is written by whoever stops it.
        }
    }

    private void Write(UInt128 trace, IReadOnlyList<TraceSpan> spans)
    {
        (int added, long bytes, int beyond) = _database.Add(trace, spans, _limits.SpansPerTrace);
        _spans += added;
        _bytes += bytes;
        Interlocked.Add(ref _droppedInStore, beyond);
    }

    private void MakeRoom()
    {
        long oldest = (_clock.GetUtcNow() - _limits.Age).ToUnixTimeMilliseconds() * 1_000;
        while (_spans > 0)
        {
            bool tooMuch = _spans > _limits.Spans || _bytes > _limits.Bytes;
            (long spans, long bytes) = tooMuch ? _database.RemoveOldest() : _database.RemoveOldest(oldest);
            if (spans == 0) return;
            _spans -= spans;
            _bytes -= bytes;
            if (tooMuch) Interlocked.Add(ref _droppedInStore, spans);
        }
    }
}
