namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Which part of a service answers with errors: a version that is being tried, or one replica of several.</summary>
/// <param name="Where">Behind the count of errors: that they all come from one part; empty where they do not.</param>
/// <param name="Shares">Each part with its errors, the worst first; empty for a service of one part.</param>
/// <param name="Log">What <c>tulle logs</c> is asked for.</param>
/// <param name="Target">What <c>tulle tap</c> is asked for.</param>
/// <param name="Rollback">What takes the part out meanwhile; empty where nothing does.</param>
internal sealed record ErrorParts(string Where, IReadOnlyList<string> Shares, string Log, string Target, string Rollback)
{
    /// <summary>Parts that are told.</summary>
    private const int Told = 3;

    public static ErrorParts Of(Subject subject)
    {
        bool versions = subject.Servers.Select(pod => pod.Workload).Distinct(StringComparer.Ordinal).Count() > 1;
        (WorkloadPod Pod, ulong Requests, ulong Failures)[] parts =
        [
            .. subject.ReceivedBy.GroupBy(server => versions ? server.Pod.Workload : server.Pod.Name, StringComparer.Ordinal)
                .Select(group => (group.First().Pod, Sum(group, traffic => traffic.Requests), Sum(group, traffic => traffic.Failures)))
                .OrderByDescending(part => part.Item3).ThenBy(part => part.Pod.Name, StringComparer.Ordinal),
        ];
        // Logs are found by the name of the deployment, which need not be the service's.
        WorkloadPod? worst = parts.Length > 0 ? parts[0].Pod : subject.Servers.FirstOrDefault();
        if (parts.Length < 2 && !versions) return new ErrorParts("", [], worst is null ? subject.Key.Name : NameOf(worst), $"svc/{subject.Key.Name}", "");
        if (worst is null || parts.Length == 0) return new ErrorParts("", [], subject.Key.Name, $"svc/{subject.Key.Name}", "");
        ulong failures = parts[0].Failures;
        string name = versions ? NameOf(worst) : worst.Name;
        string target = versions ? worst.Workload.Replace("deployment/", "deploy/", StringComparison.Ordinal) : $"pod/{name}";
        bool alone = parts.Length > 1 && parts.Skip(1).All(part => part.Failures * 20 <= failures);
        return new ErrorParts(
            alone ? $", nearly all of them of {(versions ? worst.Workload : $"pod {name}")}" : "",
            [.. parts.Take(Told).Select(part => $"{Words.Number(part.Failures)} of {Words.Count(part.Requests, "request")} failed at {(versions ? part.Pod.Workload : $"pod {part.Pod.Name}")}")],
            name, target, alone && versions && Weights(subject) is { } rule ? $"until it is mended, take its weight away in {rule}; " : "");
    }

    private static string NameOf(WorkloadPod pod) => pod.Workload[(pod.Workload.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string? Weights(Subject subject) =>
        subject.ClientNamespaces.SelectMany(client => subject.Service.Ports.Where(port => port.Protocol == "TCP").SelectMany(port => subject.DestinationOf(client, port.Port).Routes))
            .Where(route => route.Backends.Count(backend => backend.Weight > 0) > 1).Select(route => RouteExaminer.ObjectOf(route.Name)).FirstOrDefault(name => name.Length > 0);

    private static ulong Sum(IEnumerable<(WorkloadPod Pod, TrafficTotals Traffic)> parts, Func<TrafficTotals, ulong> count) =>
        parts.Aggregate(0ul, (sum, part) => sum + count(part.Traffic));
}
