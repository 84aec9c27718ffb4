namespace Tulle.ControlPlane.Insight;

/// <summary>What one workload asks of one service, whichever workload answers, or nobody.</summary>
/// <param name="SourceNamespace">Of the sender; empty when the mesh does not know it.</param>
/// <param name="SourceWorkload"><c>deployment/web</c>.</param>
/// <param name="ClientIdentity">What a sender proved that is no workload of the mesh.</param>
/// <param name="Namespace">Of the service.</param>
/// <param name="Service">The service asked for.</param>
internal sealed record Call(string SourceNamespace, string SourceWorkload, string ClientIdentity, string Namespace, string Service);

/// <summary>A call and its traffic.</summary>
/// <param name="Health">Null when no request is over.</param>
internal sealed record CallRow(Call Call, TrafficTotals Traffic, HealthState? Health);

/// <summary>
/// Calls as their callers see them. A server does not count what never reaches it: an injected fault, an open circuit breaker, a route that leads nowhere; so
/// its own numbers may look well.
/// </summary>
internal static class CallReport
{
    /// <param name="query">Which edges are summed up.</param>
    /// <param name="health">Only calls of this health; null for all.</param>
    /// <returns>Those with the most failures a second first.</returns>
    public static IReadOnlyList<CallRow> Of(TrafficQuery query, HealthState? health, IReadOnlyList<WorkloadPod> pods, ITrafficSource traffic) =>
    [
        .. EdgeReport.Group(query, pods, traffic, edge => edge.Service.Length == 0 ? null : CallOf(edge))
            .Select(sum => new CallRow(sum.Key, sum.Value, sum.Value.Success is { } success ? SuccessHealth.Of(success, sum.Value.Requests) : null))
            .Where(row => health is null || row.Health == health)
            .OrderByDescending(row => row.Traffic.RequestsPerSecond * (1 - (row.Traffic.Success ?? 1)))
            .ThenBy(row => row.Call.SourceNamespace, StringComparer.Ordinal).ThenBy(row => row.Call.SourceWorkload, StringComparer.Ordinal)
            .ThenBy(row => row.Call.Namespace, StringComparer.Ordinal).ThenBy(row => row.Call.Service, StringComparer.Ordinal),
    ];

    private static Call CallOf(Edge edge) => new(edge.SourceNamespace, edge.SourceWorkload, edge.SourceWorkload.Length > 0 ? "" : edge.ClientIdentity, edge.Namespace, edge.Service);
}
