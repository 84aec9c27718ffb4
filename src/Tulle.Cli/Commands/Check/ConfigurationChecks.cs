using System.Text.Json.Nodes;
using Tulle.Cli.Commands.Config;
using Tulle.Cli.Insight;
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

    public CheckCategory Category => new("tulle-configuration",
    [
        new("the mesh's objects are valid", ValidAsync),
        new("the mesh's rules have the effect that they seem to have", MeantAsync),
    ]);

    /// <summary>What admission warned of, as it is now: rules that lead nowhere, or that another one hides.</summary>
    private async Task<CheckOutcome> MeantAsync(CancellationToken stop)
    {
        JsonObject answer = await api.Mesh.Client.GetRawAsync(InsightPath.Traffic("configuration", null, null), stop);
        string[] warnings =
        [
            .. (answer["items"] as JsonArray ?? []).OfType<JsonObject>().Select(ConfiguredItem.Read)
                .SelectMany(item => item.Findings.Where(finding => finding.Severity == "warning").Select(finding => $"{item.Id}: {(finding.Field.Length == 0 ? "" : $"{finding.Field}: ")}{finding.Message}")),
        ];
        return warnings.Length == 0 ? CheckOutcome.Good : CheckOutcome.Warn(Listed(warnings), "'tulle config -A --status warning' shows all of them; correct them with 'tulle apply -f FILE'");
    }

    private static string Listed(IReadOnlyList<string> lines) =>
        string.Join('\n', lines.Take(Shown)) + (lines.Count > Shown ? $"\nand {lines.Count - Shown} more" : "");

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
        return bad.Count == 0 ? CheckOutcome.Good : CheckOutcome.Bad(Listed(bad), "correct them with 'tulle apply -f FILE' or 'kubectl edit'");
    }
}
