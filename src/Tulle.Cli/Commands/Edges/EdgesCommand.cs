using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Edges;

/// <summary>Prints the edges of the service graph: success, rate, latency, connections and mTLS of each.</summary>
internal sealed class EdgesCommand(CliEnvironment environment, GlobalOptions global) : TrafficListCommand(
    "edges", "Show who speaks to whom, how well, and whether it is secured",
    "What the edges begin or end at: deployments (deploy), pods (po), services (svc) or namespaces (ns), and a name; everything unless given",
    environment, global)
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle edges", "every edge of the namespace"),
        new("tulle edges deploy/user-service", "its callers, and what it calls"),
        new("tulle edges --from deploy/frontend -w", "what the front end calls, again every second"),
        new("tulle edges -A -o wide", "of all namespaces, with identities"),
        new("tulle edges -o json", "for scripts"),
    ];

    protected override string Nothing => "No traffic found.";

    protected override TextTable CreateTable(bool withNamespace, bool wide) => EdgesTable.Create(Environment, withNamespace, wide);

    protected override IReadOnlyList<TextCell> Row(JsonObject item, string? @namespace, bool wide) => EdgesTable.Row(item, @namespace, wide);
}
