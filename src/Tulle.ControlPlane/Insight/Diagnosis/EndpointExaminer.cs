using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether clients reach the endpoints, and still send them requests.</summary>
internal sealed class EndpointExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        EndpointRow[] ready = [.. subject.Endpoints.Rows.Where(row => row.Ready)];
        int ejected = ready.Count(row => row.Beliefs.Any(belief => belief.IsOut(subject.NowUnixMs)));
        string text = $"{Words.Number(ready.Length)} of {Words.Count(subject.Endpoints.Rows.Count, "endpoint")} ready{(ejected > 0 ? $", {Words.Number(ejected)} taken out by clients" : "")}";
        return new Examination("endpoints", text, [.. Ejected(subject, ready), .. ready.GroupBy(row => row.ServicePort).SelectMany(port => Unreachable(subject, port.Key, [.. port]))]);
    }

    private static IEnumerable<Finding> Ejected(Subject subject, EndpointRow[] ready)
    {
        // By client: one of them without any endpoint fails, whatever the others have.
        var byClient = ready.SelectMany(row => row.Beliefs).GroupBy(belief => (belief.Client, belief.Backend)).ToArray();
        var without = byClient.Where(client => client.All(belief => belief.IsOut(subject.NowUnixMs))).ToArray();
        ulong refused = subject.Explain(subject.Sent, "no-healthy-endpoints");
        EndpointBelief[] @out = [.. byClient.SelectMany(client => client).Where(belief => belief.IsOut(subject.NowUnixMs))];
        if (@out.Length == 0) yield break;
        EndpointBelief last = @out.MaxBy(belief => belief.Report.EjectedUntilUnixMs)!;
        string because = last.Report.CheckError.Length > 0 ? $"its health checks fail ({last.Report.CheckError})" : last.Report.EjectedBecause;
        List<string> evidence = [.. @out.DistinctBy(belief => belief.Report.Address).Take(4).Select(belief => Describe(belief, subject))];
        if (refused > 0) evidence.Add($"{Words.Count(refused, "request")} failed with no-healthy-endpoints in the last {subject.Window}");
        const string Remedy = "correct what the application answers ('tulle tap' shows it, its log says why); ejected endpoints come back by themselves, "
            + "and outlierDetection of the DestinationRule (or the failure-accrual annotations) says when they are taken out";
        if (without.Length > 0)
        {
            yield return new Finding(
                Causes.AllEjected, FindingLevel.Error, subject.Name,
                $"{Words.List(without.Select(client => ClientOf(client.First())))} took every endpoint out after failures: {because}", Remedy) { Evidence = evidence };
        }
        else
        {
            yield return new Finding(
                Causes.SomeEjected, FindingLevel.Warning, $"endpoint {Words.List(@out.Select(belief => belief.Report.Address))}",
                $"{Words.List(@out.Select(ClientOf))} took {Words.Number(@out.DistinctBy(belief => belief.Report.Address).Count())} of {Words.Count(ready.Length, "endpoint")} out after failures: {because}", Remedy) { Evidence = evidence };
        }
    }

    private static IEnumerable<Finding> Unreachable(Subject subject, int servicePort, EndpointRow[] rows)
    {
        EndpointRow[] failing = [.. rows.Where(row => row.Beliefs.Any(belief => IsUnreachable(belief, subject)))];
        if (failing.Length == 0) yield break;
        ulong refused = subject.Explain(subject.Sent, "connect-failed", "connect-timeout");
        EndpointBelief example = failing[0].Beliefs.First(belief => IsUnreachable(belief, subject));
        List<string> evidence = [.. failing.Take(3).Select(row => $"{row.Address} ({row.Pod}): {Words.Count(row.Beliefs.Aggregate(0ul, (sum, belief) => sum + belief.Report.ConnectFailures), "failed connection attempt")}")];
        if (refused > 0) evidence.Add($"{Words.Count(refused, "request")} of {ClientOf(example)} failed with {example.Report.LastError} in the last {subject.Window}");
        FindingLevel level = failing.Length == rows.Length ? FindingLevel.Error : FindingLevel.Warning;
        if (TargetNobodyDeclares(subject, servicePort) is { } target)
        {
            yield return new Finding(
                Causes.WrongPort, level, $"{subject.Name}, port {servicePort}",
                $"the service sends its port {servicePort} to port {target} of its pods, where nothing listens: the pods declare {DeclaredPorts(subject)}",
                $"set targetPort to the port that the application is served on: kubectl -n {subject.Key.Namespace} edit service {subject.Key.Name}") { Evidence = evidence };
        }
        else
        {
            yield return new Finding(
                Causes.Unreachable, level, $"endpoint {Words.List(failing.Select(row => row.Address))}",
                $"clients cannot connect to {Words.Number(failing.Length)} of {Words.Count(rows.Length, "endpoint")}, though the pods are ready",
                "see whether the sidecar runs ('tulle logs POD'), and whether something between the pods drops connections, such as a NetworkPolicy") { Evidence = evidence };
        }
    }

    private static bool IsUnreachable(EndpointBelief belief, Subject subject) =>
        belief.Report.LastError is "connect-failed" or "connect-timeout" && belief.Report.LastErrorUnixMs > subject.NowUnixMs - subject.WindowSeconds * 1000L;

    private static string? TargetNobodyDeclares(Subject subject, int servicePort)
    {
        ServicePort? port = subject.Service.Ports.FirstOrDefault(candidate => candidate.Port == servicePort);
        if (port is null || !int.TryParse(port.TargetPort, out int number)) return null;
        int[] declared = [.. Declared(subject)];
        return declared.Length > 0 && !declared.Contains(number) ? port.TargetPort : null;
    }

    private static string DeclaredPorts(Subject subject) => $"port {Words.List(Declared(subject).Select(port => $"{port}"))}";

    private static IEnumerable<int> Declared(Subject subject) =>
        subject.Pods.SelectMany(pod => pod.Containers).Where(container => container.Name != Pod.ProxyContainer)
            .SelectMany(container => container.Ports).Where(port => port.Protocol == "TCP").Select(port => port.Port).Distinct().Order();

    private static string Describe(EndpointBelief belief, Subject subject)
    {
        string state = belief.Report.CheckError.Length > 0 ? $"fails health checks: {belief.Report.CheckError}"
            : $"out until {EndpointText.Time(belief.Report.EjectedUntilUnixMs)} ({Words.Span(TimeSpan.FromMilliseconds(belief.Report.EjectedUntilUnixMs - subject.NowUnixMs))} more): {belief.Report.EjectedBecause}";
        return $"{belief.Report.Address} {state}{(belief.Report.LastError.Length > 0 ? $"; the last error was {belief.Report.LastError}" : "")}";
    }

    private static string ClientOf(EndpointBelief belief) => belief.ClientWorkload.Length > 0 ? belief.ClientWorkload : belief.Client.Pod;
}
