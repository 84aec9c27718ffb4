using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;
using Tulle.Model.Validation;

namespace Tulle.Cli.Commands.Check;

/// <summary>Whether the mesh's configuration means something.</summary>
internal sealed class ConfigurationChecks(ApiChecks api)
{
    private const int Shown = 5;

    public CheckCategory Category => new("tulle-configuration", [new("the mesh's objects are valid", ValidAsync)]);

    private async Task<CheckOutcome> ValidAsync(CancellationToken stop)
    {
        List<string> bad = [];
        foreach (ResourceKind kind in MeshKinds.All)
        {
            ResourceList list;
            try
            {
                list = await api.Mesh.Client.ListAsync(ResourcePath.Of(kind), cancellation: stop);
            }
            catch (ApiStatusException error) when (error.IsNotFound)
            {
                // A cluster need not have every dialect installed.
                continue;
            }
            foreach (JsonObject item in list.Items)
            {
                bad.AddRange(ResourceReview.Review(kind, JsonNodes.FromJson(item))
                    .Where(finding => finding.Severity == Severity.Error)
                    .Select(finding => $"{kind.Kind} {item.ObjectNamespace()}/{item.ObjectName()}: {finding}"));
            }
        }
        if (bad.Count == 0)
        {
            return CheckOutcome.Good;
        }
        string rest = bad.Count > Shown ? $"\nand {bad.Count - Shown} more" : "";
        return CheckOutcome.Bad(string.Join('\n', bad.Take(Shown)) + rest, "correct them with 'tulle apply -f FILE' or 'kubectl edit'");
    }
}
