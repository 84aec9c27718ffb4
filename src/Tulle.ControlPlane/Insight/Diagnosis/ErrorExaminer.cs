using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>What remains: errors of the application, and of the mesh for reasons that no other examiner explained. Comes last.</summary>
internal sealed class ErrorExaminer : IExaminer
{
    /// <summary>A share of failures below which a service is called well: one in a thousand.</summary>
    private const double Tolerated = 0.001;

    public Examination Examine(Subject subject)
    {
        TrafficTotals seen = subject.Seen;
        string text = seen.Success is { } success
            ? $"{Words.Percent(success)} of {Words.Count(seen.Requests, "request")} succeeded in the last {subject.Window}"
            : $"no requests in the last {subject.Window}";
        return new Examination("errors", text, [.. Application(subject), .. Mesh(subject, subject.Sent, "client"), .. Mesh(subject, subject.Received, "server")]);
    }

    private static IEnumerable<Finding> Application(Subject subject)
    {
        // The server's count where there is one: what its sidecar answered for it looks to the client like an answer of the application.
        TrafficTotals seen = subject.Received.Requests > 0 ? subject.Received : subject.Sent;
        if (seen.Requests == 0 || seen.Failures == 0) yield break;
        double share = (double)seen.Failures / seen.Requests;
        if (share < Tolerated) yield break;
        string[] last = [.. subject.Endpoints.Rows.SelectMany(row => row.Beliefs).Where(belief => belief.FailedLately(subject.NowUnixMs)).Select(belief => belief.Report.LastError).Where(error => error.StartsWith("status", StringComparison.Ordinal)).Distinct().Take(3)];
        yield return new Finding(
            Causes.AppErrors, share >= 0.5 ? FindingLevel.Error : FindingLevel.Warning, subject.Name,
            $"the application itself answers with errors: {Words.Number(seen.Failures)} of {Words.Count(seen.Requests, "request")} in the last {subject.Window}",
            $"its log says why ('tulle logs'); 'tulle tap svc/{subject.Key.Name} -n {subject.Key.Namespace}' shows which requests, 'tulle routes svc/{subject.Key.Name}' which routes")
        {
            Evidence = last.Length > 0 ? [$"last seen: {Words.List(last)}"] : [],
        };
    }

    private static IEnumerable<Finding> Mesh(Subject subject, TrafficTotals side, string where)
    {
        foreach ((string reason, ErrorSide blamed, ulong count) in side.Errors.All)
        {
            // Clients come and go; that is nobody's failure.
            if (reason == "client-reset" || subject.IsExplained(reason)) continue;
            ulong all = Math.Max(side.Requests, count);
            if ((double)count / all < Tolerated) continue;
            (string what, string remedy) = ErrorAdvice.Of(reason);
            yield return new Finding(
                Causes.MeshErrors, Words.LevelOf((double)count / all), subject.Name,
                $"{Words.Number(count)} of {Words.Count(all, "request")} failed with {reason} at the {where}'s sidecar: {what}", remedy)
            {
                Evidence = [$"{Side(blamed)} is to blame for {reason}"],
            };
        }
    }

    private static string Side(ErrorSide side) => side switch
    {
        ErrorSide.Downstream => "the client",
        ErrorSide.Upstream => "the server",
        _ => "the mesh's own state",
    };
}
