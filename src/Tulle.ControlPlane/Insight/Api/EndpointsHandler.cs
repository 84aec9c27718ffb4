using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>endpoints</c>: where requests to a service go, and what its clients believe of each place.</summary>
internal sealed class EndpointsHandler(MeshViews views, IWorkloads workloads, HealthStore health, TimeProvider clock) : IInsightHandler
{
    public string Name => "endpoints";

    public bool ShowsTraffic => true;

    public Task AnswerAsync(InsightRequest request)
    {
        if (request.RequireTarget() is not { Kind: TargetKind.Service, Namespace: { } ns, Name: { } name })
            throw InsightException.NotFound("endpoints of what? Name one service: …/namespaces/{ns}/endpoints/services/{name}");
        MeshSnapshot snapshot = (views.Current as CompiledView)?.Snapshot ?? new MeshSnapshot();
        if (!snapshot.Services.TryGetValue(new ObjectKey(ns, name), out Service? service))
            throw InsightException.NotFound($"there is no service \"{name}\" in namespace \"{ns}\"");
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        EndpointList list = new EndpointJoin(snapshot, workloads.Pods, health, now).Of(service);
        return JsonAnswer.WriteAsync(request.Context, json => EndpointJson.Write(json, list, now));
    }
}
