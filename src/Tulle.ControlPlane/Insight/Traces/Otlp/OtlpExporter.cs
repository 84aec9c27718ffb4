using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>
/// Exports kept spans to a collector: gathered for a second, sent in batches, again with growing pauses where that may help, and dropped
/// with a count where it does not. Thread-safe.
/// </summary>
/// <param name="send">Sends once.</param>
/// <param name="random">Uniform in [0, 1), for jitter.</param>
internal sealed class OtlpExporter(
    OtlpTarget target, Func<ExportTraceServiceRequest, CancellationToken, Task<ExportResult>> send, TimeProvider clock, Func<double> random, ILogger logger) : ISpanExporter
{
    /// <summary>Most spans that wait: four of OpenTelemetry's own queues (2,048), since many proxies' spans come together here.</summary>
    public const int MaxWaiting = 8_192;

    /// <summary>Bytes of those.</summary>
    public const long MaxWaitingBytes = 16 * 1024 * 1024;

    /// <summary>Most spans of a batch: OpenTelemetry's default.</summary>
    private const int MaxBatch = 512;

    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);

    /// <summary>The OpenTelemetry Collector's defaults for its own exporters: 5 s, growing by half to 30 s, for 5 min.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(30), Patience = TimeSpan.FromMinutes(5);

    private readonly Channel<TraceSpan> _waiting = Channel.CreateBounded<TraceSpan>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private long _waitingBytes;
    private long _exported;
    private long _dropped;
    private string _lastError = "";

    /// <summary>How it goes.</summary>
    public ExportState State => new(target.Endpoint, Interlocked.Read(ref _exported), Interlocked.Read(ref _dropped), _waiting.Reader.Count, Volatile.Read(ref _lastError));

    public void Export(TraceSpan span)
    {
        int bytes = span.Span.CalculateSize();
        if (Interlocked.Add(ref _waitingBytes, bytes) <= MaxWaitingBytes && _waiting.Writer.TryWrite(span)) return;
        Interlocked.Add(ref _waitingBytes, -bytes);
        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Runs until cancelled; then what waits is sent once more, if that is possible at once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
            {
                await Task.Delay(Gathering, clock, cancellation).ConfigureAwait(false);
                while (Take() is { Count: > 0 } batch) await DeliverAsync(batch, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            using var farewell = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
            try
            {
                while (Take() is { Count: > 0 } batch) await TryOnceAsync(batch, farewell.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The collector is slow; the mesh ends without it.
            }
        }
    }

    private List<TraceSpan> Take()
    {
        var batch = new List<TraceSpan>();
        while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out TraceSpan? span))
        {
            batch.Add(span);
            Interlocked.Add(ref _waitingBytes, -span.Span.CalculateSize());
        }
        return batch;
    }

    private async Task DeliverAsync(List<TraceSpan> batch, CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (true)
        {
            ExportResult result = await TryOnceAsync(batch, cancellation).ConfigureAwait(false);
            if (result.Sent) return;
            // Jitter of a fifth up and down, so that many who lost one collector do not come back together.
            TimeSpan wait = result.RetryAfter > TimeSpan.Zero ? result.RetryAfter : pause * (0.8 + 0.4 * random());
            if (!result.Retry || clock.GetElapsedTime(started) + wait > Patience)
            {
                Interlocked.Add(ref _dropped, batch.Count);
                TraceLog.ExportRefused(logger, target.Endpoint.ToString(), batch.Count, result.Reason);
                return;
            }
            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 3 / 2));
        }
    }

    private async Task<ExportResult> TryOnceAsync(List<TraceSpan> batch, CancellationToken cancellation)
    {
        ExportResult result = await send(ResourceGroups.Request(batch), cancellation).ConfigureAwait(false);
        if (result.Sent)
        {
            Interlocked.Add(ref _exported, batch.Count - result.Rejected);
            Interlocked.Add(ref _dropped, result.Rejected);
            if (_lastError.Length > 0) TraceLog.ExportWorks(logger, target.Endpoint.ToString());
            if (result.Rejected > 0) TraceLog.ExportRefused(logger, target.Endpoint.ToString(), result.Rejected, result.Reason);
            Volatile.Write(ref _lastError, "");
            return result;
        }
        // Said once per outage.
        if (_lastError.Length == 0 && result.Retry) TraceLog.ExportFails(logger, target.Endpoint.ToString(), result.Reason, Patience.TotalMinutes);
        Volatile.Write(ref _lastError, result.Reason);
        return result;
    }
}

/// <summary>How an export goes.</summary>
/// <param name="Exported">Spans that the collector took.</param>
/// <param name="Dropped">Spans that it did not get or take.</param>
/// <param name="Waiting">Spans that are still to be sent.</param>
/// <param name="LastError">Empty when the last try went well.</param>
internal sealed record ExportState(Uri Endpoint, long Exported, long Dropped, int Waiting, string LastError);
