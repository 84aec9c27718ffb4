using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Config;

/// <summary>An object that configures the mesh, as the insight API tells of it.</summary>
internal sealed record ConfiguredItem(
    string Namespace, string Kind, string ApiVersion, string Name, DateTimeOffset? Created, string Status, IReadOnlyList<ConfiguredFinding> Findings, JsonObject Json)
{
    /// <summary>From bad to good.</summary>
    public static string[] Statuses { get; } = ["error", "warning", "notApplied", "ok"];

    public string Id => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";

    public static ConfiguredItem Read(JsonObject item) => new(
        item.Text("namespace") ?? "", item.Text("kind") ?? "", item.Text("apiVersion") ?? "", item.Text("name") ?? "",
        DateTimeOffset.TryParse(item.Text("created"), out DateTimeOffset created) ? created : null, item.Text("status") ?? "",
        [.. (item["findings"] as JsonArray ?? []).OfType<JsonObject>().Select(finding => new ConfiguredFinding(finding.Text("severity") ?? "", finding.Text("field") ?? "", finding.Text("message") ?? ""))],
        item);
}

/// <summary>Something to be said of it.</summary>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>notApplied</c>.</param>
/// <param name="Field">Path of the field; empty for the whole object.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record ConfiguredFinding(string Severity, string Field, string Message);
