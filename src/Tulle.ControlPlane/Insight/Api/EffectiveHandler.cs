using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.ControlPlane.Insight.Effective;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>effective</c>: what decides about requests to a service, and why.</summary>
internal sealed class EffectiveHandler(MeshViews views, IWorkloads workloads, ConfigurationList configuration) : IInsightHandler
{
    public string Name => "effective";

    public Task AnswerAsync(InsightRequest request)
    {
        if (request is not { Namespace: { } ns, ObjectName: { } name } || request.RequireTarget().Kind != TargetKind.Service)
            throw InsightException.NotFound("effective of what? Name one service: …/namespaces/{ns}/effective/services/{name}");
        MeshSnapshot snapshot = (views.Current as CompiledView)?.Snapshot ?? new MeshSnapshot();
        var key = new ObjectKey(ns, name);
        if (!snapshot.Services.TryGetValue(key, out Service? service)) throw MissingTarget.Of(request.RequireTarget(), workloads);
        (Client client, string? workload) = ClientOf(snapshot, request, ns);
        EffectiveReport report = EffectiveReport.Of(snapshot, key, service, client, workload, configuration);
        return JsonAnswer.WriteAsync(request.Context, json => EffectiveJson.Write(json, report));
    }

    private (Client Client, string? Workload) ClientOf(MeshSnapshot snapshot, InsightRequest request, string serviceNamespace)
    {
        if (request.From is not { } from) return (Client.In(serviceNamespace), null);
        if (from.Kind == TargetKind.Namespace) return (Client.In(from.Name!), null);
        WorkloadPod pod = workloads.Pods.Where(from.Includes).OrderBy(pod => pod.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? throw InsightException.NotFound($"no pod belongs to {from} in namespace \"{from.Namespace}\"");
        return (Client.Of(snapshot, snapshot.Pods[new ObjectKey(pod.Namespace, pod.Name)]), pod.Workload);
    }
}
