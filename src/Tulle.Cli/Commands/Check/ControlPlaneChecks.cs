using Tulle.Cli.Insight;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Check;

/// <summary>Whether the control plane runs and answers.</summary>
internal sealed class ControlPlaneChecks(ApiChecks api)
{
    public CheckCategory Category => new("tulle-control-plane",
    [
        new("the control plane answers", AnswersAsync),
        new("the control plane has the version of this executable", VersionAsync),
    ]);

    private async Task<CheckOutcome> AnswersAsync(CancellationToken stop)
    {
        try
        {
            // Not about traffic: in a large mesh that answer waits until the proxies have reported.
            await api.Mesh.Client.GetRawAsync(InsightPath.Proxies, stop);
            return CheckOutcome.Good;
        }
        catch (ApiStatusException error) when (error.Code is 404 or 503)
        {
            return CheckOutcome.Bad(
                $"the API has no control plane behind it: {error.Message}",
                api.Mesh.Location.Local ? "restart the mesh with 'tulle down' and 'tulle up'" : "install the control plane in this cluster");
        }
    }

    private async Task<CheckOutcome> VersionAsync(CancellationToken stop)
    {
        string? server = await ServerVersion.OfAsync(api.Mesh.Client, stop);
        return server is null || server == ClientVersion.Text
            ? CheckOutcome.Good
            : CheckOutcome.Warn($"the mesh has version {server}, this executable {ClientVersion.Text}", "restart the mesh with this executable, or use the other one");
    }
}
