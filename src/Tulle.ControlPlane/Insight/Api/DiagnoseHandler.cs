using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.ControlPlane.Insight.Diagnosis;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>diagnose</c>: what is wrong with a service, or with those that lead to a deployment, and what to do.</summary>
internal sealed class DiagnoseHandler(
    MeshViews views, IWorkloads workloads, RecordedTraffic traffic, HealthStore health, DiscoverySessions sessions, ConfigurationList configuration,
    TimeProvider clock) : IInsightHandler
{
    /// <summary>Seconds: long enough for what fails now and then.</summary>
    private const int DefaultWindow = 60;

    public string Name => "diagnose";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        if (request.RequireTarget() is not { Kind: TargetKind.Service or TargetKind.Deployment, Namespace: { } ns, Name: { } name } target)
            throw InsightException.NotFound("diagnose what? Name one service or deployment: …/namespaces/{ns}/diagnose/services/{name}");
        if (views.Current is not CompiledView view) throw new InsightException(503, "ServiceUnavailable", "the control plane has not seen the mesh's objects yet; try again");
        int window = request.Parameter("window").Length == 0 ? DefaultWindow : request.Window(SeriesHistory.MaxAge);
        IReadOnlyList<WorkloadPod> pods = workloads.Pods;
        Service[] services = [.. view.Snapshot.Services.Values.Where(service => service.Meta.Namespace == ns && Leads(service, target, pods)).OrderBy(service => service.Meta.Name, StringComparer.Ordinal)];
        if (services.Length == 0 && !pods.Any(target.Includes))
            throw MissingTarget.Of(target, workloads);
        IReadOnlyList<SessionReport> reports = sessions.Report();
        DateTimeOffset now = clock.GetUtcNow();
        ServiceDiagnosis diagnosis = services.Length == 0
            ? ServiceDiagnosis.OfWorkload(Examine(Nothing(ns, name), $"deployment/{name}"))
            : ServiceDiagnosis.Of([.. services.Select(service => Examine(service))]);
        Subject Examine(Service service, string? workload = null) => new(view, service, pods, traffic, health, reports, configuration, now, window, workload);

        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            json.WriteString("namespace", ns);
            json.WriteString("kind", target.Kind.ToString().ToLowerInvariant());
            json.WriteString("name", name);
            DiagnosisJson.Write(json, diagnosis);
        });
    }

    /// <summary>Stands for the service that does not exist: without selector and ports.</summary>
    private static Service Nothing(string ns, string name) => new(new ObjectMeta { Namespace = ns, Name = name }, new Dictionary<string, string>(), [], [], null);

    private static bool Leads(Service service, Selection target, IReadOnlyList<WorkloadPod> pods) => target.Kind == TargetKind.Service
        ? service.Meta.Name == target.Name
        : pods.Any(pod => target.Includes(pod) && pod.Services.Contains(service.Meta.Name));
}
