using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.Certificates;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>identities</c>: who the pods are, until when, and whom everyone trusts.</summary>
internal sealed class IdentitiesHandler(IWorkloads workloads, HealthStore health, MeshIssuer issuer) : IInsightHandler
{
    public string Name => "identities";

    public Task AnswerAsync(InsightRequest request)
    {
        IReadOnlyList<IdentityReport> identities = IdentityReport.Of(workloads.Pods, health, request.Namespace);
        return JsonAnswer.WriteAsync(request.Context, json => IdentityJson.Write(json, issuer.TrustDomain, issuer.AnchorsPem, identities));
    }
}
