using Grpc.Core;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The insight stream: golden metrics up as often as the control plane wants them, health and spans every second, tap events as they come;
/// commands down.
/// </summary>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class InsightClient(
    ControlPlaneChannel channel, TrafficReporter reporter, HealthReporter health, SpanReporter spans, TapHub taps,
    TimeProvider time, Func<double> random, Log log)
{
    /// <summary>How long tap events gather before they are sent: who reads them hardly sees the difference, and the data path does (bench/README.md).</summary>
    private static readonly TimeSpan TapInterval = TimeSpan.FromMilliseconds(200);

    private static readonly WriteOptions Buffered = new(WriteFlags.BufferHint);

    /// <summary>Most bytes of tap events in a message, if it has more than one: the control plane takes 1 MB, and an event shows a head of up to 60 KB.</summary>
    internal const int TapBytesPerMessage = 32 * 1024;

    /// <summary>How long the last report may take when the proxy ends.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(1);

    private readonly ReconnectingStream _stream = new("insight", channel, time, random, log);
    private readonly ReportPacing _pacing = new(random);
    private readonly ReportBeat _beat = new(time, random);
    private long _reportedAt = time.GetTimestamp();

    public StreamState State => _stream.State;

    /// <summary>Runs until cancelled; then sends what is left, if the stream is up, so that a drained proxy's last requests are counted.</summary>
    public Task RunAsync(CancellationToken cancellation) => _stream.RunAsync(RunStreamAsync, cancellation);

    private async Task RunStreamAsync(CancellationToken stopping)
    {
        // Not linked to stopping: the stream outlives it for the farewell.
        using var scope = new CancellationTokenSource();
        // Lives as long as the stream, so that what waits for tap events ends with it.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(scope.Token, stopping);
        using AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> call =
            new Insight.InsightClient(channel.Channel).Report(channel.CreateHeaders(), cancellationToken: scope.Token);
        reporter.BeginStream();
        health.BeginStream();
        _pacing.BeginStream();

        Task receive = ReceiveAsync(call, scope);
        try
        {
            await SendAsync(call.RequestStream, scope, either.Token).ConfigureAwait(false);
            await receive.WaitAsync(FarewellTimeout, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or RpcException)
        {
            throw StreamFailure.Of(exception, call.GetStatus);
        }
        finally
        {
            await scope.CancelAsync().ConfigureAwait(false);
            await receive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            taps.Clear();
        }
    }

    private async Task SendAsync(IClientStreamWriter<ProxyReport> reports, CancellationTokenSource scope, CancellationToken either)
    {
        Task tick = Task.Delay(_beat.UntilNext(), time, either);
        Task tapped = taps.GatherAsync(TapInterval, either);
        while (!either.IsCancellationRequested)
        {
            await Task.WhenAny(tick, tapped).ConfigureAwait(false);
            if (either.IsCancellationRequested) break;
            if (tapped.IsCompleted)
            {
                await SendTapEventsAsync(reports, Waiting().Take(TapHub.QueueCapacity), scope.Token).ConfigureAwait(false);
                tapped = taps.GatherAsync(TapInterval, either);
            }

            if (tick.IsCompleted)
            {
                await SendReportsAsync(reports, scope.Token).ConfigureAwait(false);
                await SendTapEventsAsync(reports, taps.TakeLosses(), scope.Token).ConfigureAwait(false);
                await SendSpansAsync(reports, scope.Token).ConfigureAwait(false);
                tick = Task.Delay(_beat.UntilNext(), time, either);
            }
        }

        scope.Token.ThrowIfCancellationRequested();
        scope.CancelAfter(FarewellTimeout);
        await SendTrafficAsync(reports, more: false, scope.Token).ConfigureAwait(false);
        await SendSpansAsync(reports, scope.Token).ConfigureAwait(false);
        await reports.CompleteAsync().ConfigureAwait(false);
    }

    private async Task SendReportsAsync(IClientStreamWriter<ProxyReport> reports, CancellationToken cancellation)
    {
        // Counters of health go along with traffic, in one write: a write is most of what a report costs either side.
        bool due = _pacing.IsDue();
        HealthReport? state = health.Collect(counters: due);
        if (due) await SendTrafficAsync(reports, more: state is not null, cancellation).ConfigureAwait(false);
        if (state is null) return;
        reports.WriteOptions = WriteOptions.Default;
        await reports.WriteAsync(new ProxyReport { Health = state }, cancellation).ConfigureAwait(false);
        health.Commit();
    }

    /// <param name="more">Another report follows at once.</param>
    private async Task SendTrafficAsync(IClientStreamWriter<ProxyReport> reports, bool more, CancellationToken cancellation)
    {
        uint seconds = (uint)Math.Clamp(Math.Round(time.GetElapsedTime(_reportedAt).TotalSeconds), 1, uint.MaxValue);
        do
        {
            if (reporter.Collect() is not { } traffic) break;
            traffic.Seconds = seconds;
            reports.WriteOptions = more ? Buffered : WriteOptions.Default;
            await reports.WriteAsync(new ProxyReport { Traffic = traffic }, cancellation).ConfigureAwait(false);
            reporter.Commit();
        }
        while (reporter.HasMore);
        _reportedAt = time.GetTimestamp();
    }

    private async Task SendSpansAsync(IClientStreamWriter<ProxyReport> reports, CancellationToken cancellation)
    {
        while (spans.Collect() is { } report)
        {
            await reports.WriteAsync(new ProxyReport { Spans = report }, cancellation).ConfigureAwait(false);
            spans.Commit();
        }
    }

    private static async Task SendTapEventsAsync(IClientStreamWriter<ProxyReport> reports, IEnumerable<TapEvent> events, CancellationToken cancellation)
    {
        var message = new TapEvents();
        int bytes = 0;
        foreach (TapEvent next in events)
        {
            int size = next.CalculateSize();
            if (bytes > 0 && bytes + size > TapBytesPerMessage)
            {
                await reports.WriteAsync(new ProxyReport { Tap = message }, cancellation).ConfigureAwait(false);
                (message, bytes) = (new TapEvents(), 0);
            }
            message.Events.Add(next);
            bytes += size;
        }
        if (bytes > 0) await reports.WriteAsync(new ProxyReport { Tap = message }, cancellation).ConfigureAwait(false);
    }

    private IEnumerable<TapEvent> Waiting()
    {
        while (taps.Events.TryRead(out TapEvent? waiting)) yield return waiting;
    }

    private async Task ReceiveAsync(AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> call, CancellationTokenSource scope)
    {
        try
        {
            // Commands may never come; the headers say that the control plane took the stream.
            await call.ResponseHeadersAsync.WaitAsync(scope.Token).ConfigureAwait(false);
            _stream.Heard();
            while (await call.ResponseStream.MoveNext(scope.Token).ConfigureAwait(false)) Take(call.ResponseStream.Current);
        }
        finally
        {
            await scope.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Take(ProxyCommand command)
    {
        if (command.CommandCase == ProxyCommand.CommandOneofCase.Start)
        {
            if (!taps.Start(command.Start)) log.Warn($"A tap was not started: {TapHub.MaxTaps} are running already");
        }
        else if (command.CommandCase == ProxyCommand.CommandOneofCase.Stop)
        {
            taps.Stop(command.Stop.TapId);
        }
        else if (command.CommandCase == ProxyCommand.CommandOneofCase.Pace)
        {
            _pacing.Period = (int)Math.Min(command.Pace.Seconds, int.MaxValue);
        }
    }
}
