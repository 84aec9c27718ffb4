using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>What remains: errors of the application, and of the mesh for reasons that no other examiner explained. Comes last.</summary>
internal sealed class ErrorExaminer : IExaminer
{
    /// <summary>A share of failures that is not worth a word: one in a thousand.</summary>
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
        // The server's count where there is one: it has the requests of strangers, too.
        TrafficTotals seen = subject.Received.Requests > 0 ? subject.Received : subject.Sent;
        if (seen.Requests == 0 || seen.Failures == 0) yield break;
        double share = (double)seen.Failures / seen.Requests;
        if (share < Tolerated) yield break;
        string[] last = [.. subject.Endpoints.Rows.SelectMany(row => row.Beliefs).Where(belief => belief.FailedLately(subject.NowUnixMs)).Select(belief => belief.Report.LastError).Where(error => error.StartsWith("status", StringComparison.Ordinal)).Distinct().Take(3)];
        ErrorParts parts = ErrorParts.Of(subject);
        // An application that hands on the failures of what it calls is not where to look first.
        bool handsOn = subject.Upstreams.Any(upstream => upstream.IsFailing && 2 * upstream.Failed >= seen.Failures);
        yield return new Finding(
            Causes.AppErrors, LevelOf(seen, seen.Failures), subject.Name,
            $"the application itself answers with errors: {Words.Number(seen.Failures)} of {Words.Count(seen.Requests, "request")} in the last {subject.Window}{(handsOn ? ", as its own calls fail" : parts.Where)}",
            $"{(handsOn ? "mend what it calls first; " : parts.Rollback)}its log says why ('tulle logs {parts.Log}'); 'tulle tap {parts.Target} -n {subject.Key.Namespace} --status 5xx' shows which requests, 'tulle routes svc/{subject.Key.Name} -n {subject.Key.Namespace}' which routes")
        {
            Evidence = [.. parts.Shares, .. last.Length > 0 ? [$"last seen: {Words.List(last)}"] : Array.Empty<string>()],
        };
    }

    private static IEnumerable<Finding> Mesh(Subject subject, TrafficTotals side, string where)
    {
        // Clients come and go; that is nobody's failure.
        (string Reason, ErrorSide Side, ulong Count)[] unexplained = [.. side.Errors.All.Where(error => error.Reason != "client-reset" && !subject.IsExplained(error.Reason))];
        FindingLevel level = LevelOf(side, unexplained.Aggregate(0ul, (sum, error) => sum + error.Count));
        foreach ((string reason, ErrorSide blamed, ulong count) in unexplained)
        {
            ulong all = Math.Max(side.Requests, count);
            if ((double)count / all < Tolerated) continue;
            (string what, string remedy) = ErrorAdvice.Of(reason);
            yield return new Finding(
                Causes.MeshErrors, level, subject.Name,
                $"{Words.Number(count)} of {Words.Count(all, "request")} failed with {reason} at the {where}'s sidecar: {what}", remedy)
            {
                Evidence = [$"{Side(blamed)} is to blame for {reason}"],
            };
        }
    }

    private static FindingLevel LevelOf(TrafficTotals side, ulong failed)
    {
        ulong all = Math.Max(side.Requests, failed);
        return Words.LevelOf(1 - (double)failed / Math.Max(1, all), all);
    }

    private static string Side(ErrorSide side) => side switch
    {
        ErrorSide.Downstream => "the client",
        ErrorSide.Upstream => "the server",
        _ => "the mesh's own state",
    };
}
