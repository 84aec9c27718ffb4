using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Metrics;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>The control plane's <c>/metrics</c>. Thread-safe.</summary>
internal sealed class ControlPlaneMetricsPage(
    ControlPlaneCounters counters, DiscoverySessions sessions, ProxyConnections connections, MeshViews views, MeshIssuer issuer, TapRelay taps,
    TraceParts traces, HistoryStore? history, EventUse events, string version, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = StartOfProcess();

    public ReadOnlyMemory<byte> Create(ExpositionFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var writer = new ExpositionWriter(buffer, format);
        WriteDistribution(writer);
        WriteCompilation(writer);
        WriteIdentity(writer);
        WriteInsight(writer);
        writer.Begin(ControlPlaneMetrics.BuildInfo);
        writer.Sample(LabelSet.Of(("version", version)), 1);
        ProcessMetrics.Write(writer, _startedAt, clock.GetUtcNow());
        writer.End();
        return buffer.WrittenMemory;
    }

    private static DateTimeOffset StartOfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }

    private void WriteDistribution(ExpositionWriter writer)
    {
        IReadOnlyList<SessionReport> reports = sessions.Report();
        writer.Begin(ControlPlaneMetrics.Proxies);
        writer.Sample("stream=\"discovery\"", reports.Count);
        writer.Sample("stream=\"insight\"", connections.Count);
        writer.Single(ControlPlaneMetrics.InSync, reports.Count(static report => report.Resources.All(static resource => resource.Error.Length == 0 && resource.Acknowledged >= resource.Sent)));
        // The two that every proxy has are no subscriptions.
        writer.Single(ControlPlaneMetrics.Subscriptions, reports.Sum(static report => Math.Max(0, report.Resources.Count - 2)));
        writer.Single(ControlPlaneMetrics.SubscriptionsRefused, counters.SubscriptionsRefused);
        writer.Begin(ControlPlaneMetrics.Pushes);
        writer.Sample("resource=\"destination\"", counters.DestinationPushes);
        writer.Sample("resource=\"endpoints\"", counters.EndpointPushes);
        writer.Sample("resource=\"inbound\"", counters.InboundPushes);
        writer.Sample("resource=\"trust\"", counters.TrustPushes);
        writer.Single(ControlPlaneMetrics.PushesRejected, counters.PushesRejected);
        writer.Begin(ControlPlaneMetrics.PushDelay);
        counters.PushDelay.Write(writer, "");
    }

    private void WriteCompilation(ExpositionWriter writer)
    {
        writer.Single(ControlPlaneMetrics.Views, counters.Views);
        writer.Begin(ControlPlaneMetrics.Compilation);
        counters.DestinationCompilation.Write(writer, "resource=\"destination\"");
        counters.InboundCompilation.Write(writer, "resource=\"inbound\"");
        writer.Single(ControlPlaneMetrics.CompilationFailures, counters.CompilationFailures);
        writer.Begin(ControlPlaneMetrics.Objects);
        if (views.Current is not CompiledView { Snapshot: var snapshot }) return;
        writer.Sample("kind=\"pods\"", snapshot.Pods.Count);
        writer.Sample("kind=\"services\"", snapshot.Services.Count);
    }

    private void WriteIdentity(ExpositionWriter writer)
    {
        writer.Single(ControlPlaneMetrics.CertificatesIssued, counters.CertificatesIssued);
        writer.Single(ControlPlaneMetrics.CertificatesRefused, counters.CertificatesRefused);
        writer.Single(ControlPlaneMetrics.IssuerExpiration, issuer.NotAfter.ToUnixTimeSeconds());
        DateTimeOffset first = issuer.AnchorsPem.Min(static pem =>
        {
            using X509Certificate2 anchor = X509Certificate2.CreateFromPem(pem);
            return new DateTimeOffset(anchor.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        });
        writer.Single(ControlPlaneMetrics.AnchorExpiration, first.ToUnixTimeSeconds());
    }

    private void WriteInsight(ExpositionWriter writer)
    {
        writer.Begin(ControlPlaneMetrics.HistorySeries);
        if (history is not null) writer.Sample("", history.SeriesCount);
        writer.Begin(ControlPlaneMetrics.HistoryLimit);
        if (history is not null) writer.Sample("", HistoryStore.MaxSeries);
        writer.Begin(ControlPlaneMetrics.HistoryOverflow);
        if (history is not null) writer.Sample("", history.Overflowed);
        writer.Begin(ControlPlaneMetrics.HistoryBytes);
        if (history is not null) writer.Sample("", history.Space.Bytes);
        writer.Begin(ControlPlaneMetrics.HistoryBytesLimit);
        if (history is not null) writer.Sample("", history.Space.Limit);
        writer.Begin(ControlPlaneMetrics.HistoryForgotten);
        if (history is not null) writer.Sample("", history.Space.Forgotten);
        writer.Single(ControlPlaneMetrics.Taps, taps.Count);
        writer.Single(ControlPlaneMetrics.TapsLimit, TapRelay.MaxTaps);
        TraceExposition.Write(writer, traces);
        writer.Single(ControlPlaneMetrics.EventsLost, events.Lost);
        (long Kept, long Limit, long Displaced)? store = events.Store;
        writer.Begin(ControlPlaneMetrics.Events);
        if (store is { Kept: var kept }) writer.Sample("", kept);
        writer.Begin(ControlPlaneMetrics.EventsLimit);
        if (store is { Limit: var limit }) writer.Sample("", limit);
        writer.Begin(ControlPlaneMetrics.EventsDisplaced);
        if (store is { Displaced: var displaced }) writer.Sample("", displaced);
    }
}
