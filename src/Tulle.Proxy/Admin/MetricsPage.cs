using System.Buffers;
using Tulle.Metrics;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Telemetry.Compatibility;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Admin;

/// <summary>GET /metrics.</summary>
internal static class MetricsPage
{
    public static ReadOnlyMemory<byte> Create(ProxyStatus status, TimeProvider time, ExpositionFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var writer = new ExpositionWriter(buffer, format);
        IReadOnlyList<LoopMetrics> loops = status.Loops();
        long nowMicros = (long)(time.GetTimestamp() * (1_000_000d / time.TimestampFrequency));
        MetricsDialects dialects = status.Config.MetricsDialects;
        TrafficExposition.Write(writer, loops, linkerd: dialects.HasFlag(MetricsDialects.Linkerd));
        ConnectionExposition.Write(writer, loops, status.InFlight());
        PolicyExposition.Write(writer, loops, status.Backends(), EndpointsOf(status.Destinations()), nowMicros);
        TracingExposition.Write(writer, loops, status.DroppedSpans());
        WriteSeries(writer, loops);
        WriteControl(writer, status);
        WriteIdentity(writer, status.Identity());
        writer.Single(ProxyMetrics.Ready, status.NotReadyReason() is null ? 1 : 0);
        writer.Single(ProxyMetrics.EventLoops, loops.Count);
        writer.Begin(ProxyMetrics.BuildInfo);
        writer.Sample(LabelSet.Of(("version", status.Version)), 1);
        if (dialects.HasFlag(MetricsDialects.Istio)) IstioExposition.Write(writer, loops, new WorkloadSelf(status.Inbound()?.Policy.Workload ?? "", status.Identity().SpiffeId));
        ProcessMetrics.Write(writer, status.StartedAt, time.GetUtcNow());
        writer.End();
        return buffer.WrittenMemory;
    }

    private static void WriteSeries(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops)
    {
        writer.Single(ProxyMetrics.Series, loops.Sum(static loop => loop.SeriesCount));
        writer.Single(ProxyMetrics.SeriesLimit, loops.Count * LoopMetrics.MaxSeries);
        writer.Begin(ProxyMetrics.SeriesOverflow);
        writer.Sample("kind=\"series\"", loops.Sum(static loop => loop.Overflowed));
        writer.Sample("kind=\"external\"", loops.Sum(static loop => loop.OverflowedExternal));
    }

    private static Dictionary<string, int> EndpointsOf(IReadOnlyList<SubscriptionSnapshot> destinations)
    {
        var counts = new Dictionary<string, int>();
        foreach (Protocol.Backend backend in destinations.SelectMany(destination => destination.Applied?.Backends ?? []))
            counts[backend.Name] = backend.Endpoints.Count;
        return counts;
    }

    private static void WriteControl(ExpositionWriter writer, ProxyStatus status)
    {
        WriteStreams(ProxyMetrics.Connected, static state => state.Connected ? 1 : 0);
        WriteStreams(ProxyMetrics.StreamSince, static state => state.Since.ToUnixTimeMilliseconds() / 1_000.0);
        WriteStreams(ProxyMetrics.Connects, static state => state.Attempts);
        writer.Single(ProxyMetrics.Subscriptions, status.Destinations().Count);
        writer.Single(ProxyMetrics.SubscriptionsRefused, status.RefusedSubscriptions());
        writer.Single(ProxyMetrics.TapDropped, status.DroppedTapEvents());
        writer.Single(ProxyMetrics.AccessLogDropped, status.DroppedAccessLogLines());

        void WriteStreams(MetricDefinition metric, Func<StreamState, double> value)
        {
            writer.Begin(metric);
            if (status.Discovery?.Invoke() is { } discovery) writer.Sample("stream=\"discovery\"", value(discovery));
            if (status.Insight?.Invoke() is { } insight) writer.Sample("stream=\"insight\"", value(insight));
        }
    }

    private static void WriteIdentity(ExpositionWriter writer, IdentityState identity)
    {
        writer.Single(ProxyMetrics.CertificateExpiration, identity.HasCertificate ? identity.NotAfter.ToUnixTimeSeconds() : 0);
        writer.Single(ProxyMetrics.CertificateRefresh, identity.HasCertificate ? identity.RefreshedAt.ToUnixTimeSeconds() : 0);
        writer.Single(ProxyMetrics.CertificateRefreshes, identity.Refreshes);
        writer.Single(ProxyMetrics.TrustAnchors, identity.Anchors);
    }
}
