namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>What was found about a service, or about all services of a workload.</summary>
/// <param name="Services">Names of the services.</param>
/// <param name="Summary">The worst of it, or that all is well, in a sentence.</param>
/// <param name="Findings">The worst first.</param>
/// <param name="Examined">Everything that was looked at, in order, with the service that it is about.</param>
internal sealed record ServiceDiagnosis(
    IReadOnlyList<string> Services, string Summary, IReadOnlyList<Finding> Findings, IReadOnlyList<(string Service, Examination Examination)> Examined)
{
    // Errors last: they tell what nobody before has explained.
    private static readonly IExaminer[] Examiners =
    [
        new ServiceExaminer(), new PodExaminer(), new EndpointExaminer(), new RouteExaminer(), new SidecarExaminer(), new MtlsExaminer(),
        new CertificateExaminer(), new LimitExaminer(), new UpstreamExaminer(), new LatencyExaminer(), new ErrorExaminer(),
    ];

    // What there is to look at where nobody calls.
    private static readonly IExaminer[] ExaminersOfWorkloads =
        [new WorkloadExaminer(), new PodExaminer(), new SidecarExaminer(), new CertificateExaminer(), new UpstreamExaminer()];

    /// <summary>In one word.</summary>
    public string Verdict => Findings.Select(finding => finding.Level).DefaultIfEmpty().Max() switch
    {
        FindingLevel.Error => "broken",
        FindingLevel.Warning => "degraded",
        _ => "healthy",
    };

    public static ServiceDiagnosis Of(IReadOnlyList<Subject> subjects) => Of(subjects, [.. subjects.Select(subject => subject.Key.Name)], Examiners, Well);

    /// <summary>Of a workload that no service leads to.</summary>
    public static ServiceDiagnosis OfWorkload(Subject subject) => Of([subject], [], ExaminersOfWorkloads, WellAsClient);

    private static ServiceDiagnosis Of(IReadOnlyList<Subject> subjects, IReadOnlyList<string> services, IExaminer[] examiners, Func<IReadOnlyList<Subject>, string> well)
    {
        (Subject Subject, Examination Examination)[] examined = [.. subjects.SelectMany(subject => examiners.Select(examiner => (subject, examiner.Examine(subject))))];
        Finding[] findings =
        [
            .. examined.SelectMany(pair => pair.Examination.Findings).DistinctBy(finding => (finding.Cause, finding.Where, finding.What))
                .OrderByDescending(finding => finding.Level).ThenBy(finding => Rank(finding.Cause)),
        ];
        Finding? worst = findings.FirstOrDefault(finding => finding.Level > FindingLevel.Info);
        string summary = worst is null ? well(subjects) : $"{worst.What}{(Causes.OfRequests.Contains(worst.Cause) ? Lately(subjects) : "")}";
        return new ServiceDiagnosis(services, summary, findings, [.. examined.Select(pair => (services.Count == 0 ? "" : pair.Subject.Key.Name, pair.Examination))]);
    }

    /// <summary>A minute is long for whoever has just mended something: whether requests still fail.</summary>
    private static string Lately(IReadOnlyList<Subject> subjects)
    {
        ulong requests = subjects.Aggregate(0ul, (sum, subject) => sum + subject.ReceivedLately.Requests);
        bool well = requests > 0 && subjects.All(subject => subject.ReceivedLately is { Failures: 0 } lately && !lately.Errors.All.Any());
        return well ? $"; it may be over: of the {Words.Count(requests, "request")} of the last ten seconds none failed" : "";
    }

    private static string WellAsClient(IReadOnlyList<Subject> subjects)
    {
        ulong requests = subjects.SelectMany(subject => subject.Upstreams).Aggregate(0ul, (sum, upstream) => sum + upstream.Sent.Requests);
        return requests == 0 ? $"all is well, but it sent no requests in the last {subjects[0].Window} to judge by"
            : $"all is well: it sent {Words.Count(requests, "request")} in the last {subjects[0].Window}, and no service that it called fails";
    }

    private static string Well(IReadOnlyList<Subject> subjects)
    {
        int ready = subjects.Sum(subject => subject.Endpoints.Rows.Count(row => row.Ready));
        ulong requests = subjects.Aggregate(0ul, (sum, subject) => sum + subject.Seen.Requests);
        string traffic = requests == 0 ? $"no requests in the last {subjects[0].Window} to judge by"
            : $"{Words.Count(requests, "request")} in the last {subjects[0].Window}{(subjects is [{ Seen.Success: { } share }] ? $", {Words.Percent(share)} of which succeeded" : "")}";
        return $"all is well: {Words.Count(ready, "endpoint")} ready, {traffic}";
    }

    private static int Rank(string cause)
    {
        for (int i = 0; i < Causes.All.Count; i++)
        {
            if (Causes.All[i] == cause) return i;
        }
        return Causes.All.Count;
    }
}
