using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Routes;

/// <summary>Prints the traffic of named routes: those of ServiceProfiles, and the rules of VirtualServices.</summary>
internal sealed class RoutesCommand(CliEnvironment environment, GlobalOptions global) : TrafficListCommand(
    "routes", "Show success rate, requests per second and latency of the routes of services",
    "Who receives the requests, or sends them with --to: services (svc), deployments (deploy), pods (po) or namespaces (ns), and a name; all services unless given",
    environment, global)
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle routes", "the routes of every service of the namespace"),
        new("tulle routes svc/user-service", "of one service"),
        new("tulle routes deploy/frontend --to svc/user-service", "only what the front end asked of it"),
        new("tulle routes svc/user-service -o wide -w", "with counts, again every second"),
        new("tulle routes -A -o json", "for scripts"),
    ];

    protected override string Nothing => "No requests found.";

    protected override TextTable CreateTable(bool withNamespace, bool wide) => RoutesTable.Create(Environment, withNamespace, wide);

    protected override IReadOnlyList<TextCell> Row(JsonObject item, string? @namespace, bool wide) => RoutesTable.Row(item, @namespace, wide);
}
