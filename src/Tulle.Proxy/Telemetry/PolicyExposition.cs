using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Telemetry;

/// <summary>What traffic policies did, in Prometheus' format.</summary>
internal static class PolicyExposition
{
    public static void Write(PrometheusWriter writer, IReadOnlyList<LoopMetrics> loops, IReadOnlyList<SharedBackendState> backends)
    {
        writer.Family("policy_events_total", "counter", "Retries made, and retries that a limit did not allow.");
        for (int i = 0; i < PolicyCounters.Length; i++)
        {
            var what = (PolicyEvent)i;
            writer.Sample("policy_events_total", PrometheusWriter.Labels(("event", PolicyCounters.NameOf(what))), loops.Sum(loop => loop.Policies[what]));
        }
        writer.Family("backend_ejections_total", "counter", "Endpoints taken out after failures.");
        foreach (SharedBackendState backend in backends) writer.Sample("backend_ejections_total", Name(backend), backend.Health.Ejections);
        writer.Family("backend_breaker_active", "gauge", "What counts for a limit now.");
        foreach (SharedBackendState backend in backends) WriteCounts(writer, "backend_breaker_active", backend, static (in LimitedCount count) => count.Value);
        writer.Family("backend_breaker_overflow_total", "counter", "How often a limit was met.");
        foreach (SharedBackendState backend in backends) WriteCounts(writer, "backend_breaker_overflow_total", backend, static (in LimitedCount count) => count.Refused);
    }

    private delegate double Reading(in LimitedCount count);

    private static void WriteCounts(PrometheusWriter writer, string family, SharedBackendState backend, Reading read)
    {
        string name = Name(backend);
        writer.Sample(family, name, read(backend.Breaker.Connections), "limit=\"connections\"");
        writer.Sample(family, name, read(backend.Breaker.Pending), "limit=\"pending\"");
        writer.Sample(family, name, read(backend.Breaker.Requests), "limit=\"requests\"");
        writer.Sample(family, name, read(backend.Breaker.Retries), "limit=\"retries\"");
    }

    private static string Name(SharedBackendState backend) => PrometheusWriter.Labels(("backend", backend.Name));
}
