using System.Diagnostics;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Admin;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Hosting;

/// <summary>Wires the parts of one proxy together, starts them, and drains them in the end.</summary>
/// <param name="random">Makes a source of numbers, uniform in [0, 1), for one task.</param>
/// <param name="standardOutput">Takes the access log where no file does; null: nobody does.</param>
internal sealed class ProxyHost(ProxyConfig config, TimeProvider time, Func<Func<double>> random, Log log, Stream? standardOutput = null)
{
    /// <summary>How long what runs off the loops may take to end, after draining.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs until <paramref name="stop"/> completes. Returns the exit code.</summary>
    public async Task<int> RunAsync(Task stop)
    {
        var subscriptions = new SubscriptionTable(time);
        var taps = new TapHub(time, config.RedactedHeaders);

        // A seed of its own for every proxy: a fleet that draws the same numbers would flock to the same endpoints.
        var seed = (ulong)(random()() * ulong.MaxValue);
        var errors = new TokenBucket(1, time);
        if (!AccessLogFile.TryOpen(config.AccessLogFile, standardOutput ?? Stream.Null, out Stream? accessLogOutput, out string? accessLogError))
        {
            log.Error(accessLogError);
            return ExitCodes.Failure;
        }
        var accessLog = new AccessLogHub(accessLogOutput, log);
        DataPlane? loops = null;
        // Standalone nobody would take them.
        SpanReporter? spans = config.IsStandalone ? null : new SpanReporter(() => loops?.Metrics ?? []);
        await using var dataPlane = loops = new DataPlane(config.ToDataPlaneConfig(), subscriptions, taps, time, seed, accessLog, spans)
        {
            OnError = error => { if (errors.TryTake()) log.Error($"A connection was closed because of an error in the proxy itself: {error}"); },
        };
        using ControlPlaneChannel? channel = config.IsStandalone ? null : new ControlPlaneChannel(config, time);
        using var stopping = new CancellationTokenSource();

        ProxyStatus status;
        Func<CancellationToken, Task>[] work;
        StandaloneFiles? files = null;
        if (channel is null)
        {
            files = new StandaloneFiles(config, subscriptions, dataPlane, time, log);
            work = [files.RunAsync];
            status = CreateStatus(dataPlane, subscriptions, taps, () => files.Identity, () => files.Inbound);
        }
        else
        {
            var identity = new IdentityClient(
                new ControlPlaneAuthority(channel, time), dataPlane, anchors => channel.ReceivedAnchors = anchors, time, random(), log);
            var discovery = new DiscoveryClient(
                channel, subscriptions, dataPlane, identity.TakeTrust, ProxyVersion.Text, time, random(), log);
            var reporter = new TrafficReporter(() => dataPlane.Metrics);
            var health = new HealthReporter(
                new HealthSources(() => dataPlane.Destinations.Models, () => dataPlane.Shared.Backends, () => dataPlane.Endpoints, () => identity.State), time);
            var insight = new InsightClient(channel, reporter, health, spans!, taps, time, random(), log);
            work = [identity.RunAsync, discovery.RunAsync, insight.RunAsync];
            status = CreateStatus(dataPlane, subscriptions, taps, () => identity.State, () => discovery.Inbound) with
            {
                Discovery = () => discovery.State,
                Insight = () => insight.State,
            };
        }

        status = status with { DroppedAccessLogLines = () => accessLog.Dropped, DroppedSpans = () => spans?.Dropped ?? 0 };

        // Before anything listens: without its certificate a proxy would take a mesh client's hello for the application's own TLS.
        IReadOnlyList<string> mistakes = files?.Load() ?? [];
        foreach (string mistake in mistakes) log.Error(mistake);
        if (mistakes.Count > 0) return ExitCodes.Failure;

        AdminServer? admin = null;
        try
        {
            if (config.Admin is not null) admin = new AdminServer(config.Admin, status, time, log);
            admin?.Start();
            dataPlane.Start();
        }
        catch (IOException exception)
        {
            log.Error(exception.Message);
            if (admin is not null) await admin.DisposeAsync().ConfigureAwait(false);
            return ExitCodes.Failure;
        }

        status.Listening = true;
        log.Info($"tulle-proxy {ProxyVersion.Text} serves {Describe(status, admin)}");
        work = [.. work, stopping => accessLog.RunAsync(time, stopping), new IdleFootprint(() => dataPlane.Metrics, time).RunAsync];
        Task running = Task.WhenAll(work.Select(w => Task.Run(() => w(stopping.Token))));
        await stop.ConfigureAwait(false);
        await EndAsync(dataPlane, status, running, stopping).ConfigureAwait(false);
        if (admin is not null) await admin.DisposeAsync().ConfigureAwait(false);
        return ExitCodes.Success;
    }

    private async Task EndAsync(DataPlane dataPlane, ProxyStatus status, Task running, CancellationTokenSource stopping)
    {
        status.Draining = true;
        log.Info($"Draining: requests in flight have {config.DrainTimeout.TotalSeconds:0.###} s to finish");
        long started = time.GetTimestamp();
        await dataPlane.DrainAsync(config.DrainTimeout).ConfigureAwait(false);

        // After the last request, so that it is in the last report.
        await stopping.CancelAsync().ConfigureAwait(false);
        try
        {
            await running.WaitAsync(FarewellTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log.Debug("The last report was not taken in time");
        }

        log.Info($"Drained in {time.GetElapsedTime(started).TotalSeconds:0.000} s");
    }

    private ProxyStatus CreateStatus(
        DataPlane dataPlane, SubscriptionTable subscriptions, TapHub taps, Func<IdentityState> identity, Func<InboundSnapshot?> inbound) => new()
    {
        Config = config,
        Version = ProxyVersion.Text,
        StartedAt = StartOfProcess(),
        Identity = identity,
        Inbound = inbound,
        Destinations = subscriptions.Snapshot,
        Loops = () => dataPlane.Metrics,
        Backends = () => dataPlane.Shared.Backends,
        InFlight = () => dataPlane.InFlight,
        Addresses = () => dataPlane.Addresses,
        DroppedTapEvents = () => taps.Dropped,
        RefusedSubscriptions = () => subscriptions.Refused,
    };

    private static DateTimeOffset StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }

    private string Describe(ProxyStatus status, AdminServer? admin)
    {
        ListenerList listeners = status.Listeners();
        var parts = new List<string>();
        if (listeners.Outbound.Count > 0) parts.Add($"outbound {string.Join(", ", listeners.Outbound)}");
        if (listeners.Inbound.Count > 0) parts.Add($"inbound {string.Join(", ", listeners.Inbound.Select(i => $"{i.Listen}={i.Application}"))}");
        if (listeners.Upstreams.Count > 0) parts.Add($"upstreams {string.Join(", ", listeners.Upstreams.Select(u => $"{u.Listen}={u.Authority}"))}");
        if (admin is not null) parts.Add($"admin {admin.EndPoint}");
        return string.Join("; ", parts) + (config.IsStandalone ? "; standalone" : $"; control plane {config.ControlPlane!.Authority}");
    }
}
