using Tulle.Metrics;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Telemetry;

/// <summary>What traffic policies did, and how their backends are.</summary>
internal static class PolicyExposition
{
    /// <param name="endpoints">How many endpoints each backend has, by its name: also of those without a policy.</param>
    /// <param name="nowMicros">The loops' clock.</param>
    public static void Write(
        ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, IReadOnlyList<SharedBackendState> backends, IReadOnlyDictionary<string, int> endpoints,
        long nowMicros)
    {
        writer.Begin(ProxyMetrics.PolicyEvents);
        for (int i = 0; i < PolicyCounters.Length; i++)
        {
            var what = (PolicyEvent)i;
            writer.Sample(LabelSet.Of(("event", PolicyCounters.NameOf(what))), loops.Sum(loop => loop.Policies[what]));
        }
        WriteHealth(writer, backends, endpoints, nowMicros);
        writer.Begin(ProxyMetrics.BreakerLimit);
        WriteEach(static (in Limit limit) => limit.Most == 0 ? null : limit.Most);
        writer.Begin(ProxyMetrics.BreakerActive);
        WriteEach(static (in Limit limit) => limit.Active);
        writer.Begin(ProxyMetrics.BreakerOpen);
        WriteEach(static (in Limit limit) => limit.Most > 0 && limit.Active >= limit.Most ? 1 : 0);
        writer.Begin(ProxyMetrics.BreakerOverflow);
        WriteEach(static (in Limit limit) => limit.Refused);
        Total(ProxyMetrics.FaultDelays, static loop => Volatile.Read(ref loop.FaultDelays));
        Total(ProxyMetrics.FaultAborts, static loop => Volatile.Read(ref loop.FaultAborts));
        Total(ProxyMetrics.Mirrors, static loop => Volatile.Read(ref loop.MirrorsSent));
        Total(ProxyMetrics.MirrorsDropped, static loop => Volatile.Read(ref loop.MirrorsDropped));

        void WriteEach(Reading read)
        {
            foreach (SharedBackendState backend in backends)
            {
                foreach (Limit limit in LimitsOf(backend))
                {
                    if (read(limit) is { } value) writer.Sample(LabelSet.Of(("backend", backend.Name), ("limit", limit.Name)), value);
                }
            }
        }

        void Total(MetricDefinition metric, Func<LoopMetrics, long> value) => writer.Single(metric, loops.Sum(value));
    }

    private static void WriteHealth(
        ExpositionWriter writer, IReadOnlyList<SharedBackendState> backends, IReadOnlyDictionary<string, int> endpoints, long nowMicros)
    {
        writer.Begin(ProxyMetrics.Endpoints);
        Dictionary<string, SharedBackendState> watched = backends.ToDictionary(backend => backend.Name);
        foreach ((string name, int count) in endpoints.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            (int ready, int ejected, int open, int failing) = (count, 0, 0, 0);
            if (watched.TryGetValue(name, out SharedBackendState? state) && state.Health.Count(nowMicros) is var health && health != default)
                (ready, ejected, open, failing) = health;
            foreach ((string text, int value) in (ReadOnlySpan<(string, int)>)[("ready", ready), ("ejected", ejected), ("open", open), ("failing_checks", failing)])
                writer.Sample(LabelSet.Of(("backend", name), ("state", text)), value);
        }
        writer.Begin(ProxyMetrics.Ejections);
        foreach (SharedBackendState backend in backends) writer.Sample(LabelSet.Of(("backend", backend.Name)), backend.Health.Ejections);
    }

    private static Limit[] LimitsOf(SharedBackendState backend)
    {
        ConnectionPoolModel pool = backend.Pool;
        CircuitBreakerState breaker = backend.Breaker;
        return
        [
            new Limit("connections", pool.MaxConnections, breaker.Connections.Value, breaker.Connections.Refused),
            new Limit("pending", pool.MaxPending, breaker.Pending.Value, breaker.Pending.Refused),
            new Limit("requests", pool.MaxRequests, breaker.Requests.Value, breaker.Requests.Refused),
            new Limit("retries", pool.MaxRetries, breaker.Retries.Value, breaker.Retries.Refused),
        ];
    }

    private delegate double? Reading(in Limit limit);

    /// <param name="Most">0 without a limit.</param>
    private readonly record struct Limit(string Name, int Most, int Active, long Refused);
}
