using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Terminal;
using Tulle.ControlPlane.Insight;
using Tulle.Kubernetes;

namespace Tulle.Cli.Insight;

/// <summary>
/// Calls that fail as their callers see them. A server does not count what never reaches it (an injected fault, an open circuit breaker, a
/// route that leads nowhere), so that its own numbers may look well.
/// </summary>
internal static class FailingCalls
{
    private const int Shown = 5;

    /// <param name="environment">Where it is said: standard error, since it is about the numbers and none of them.</param>
    /// <param name="edges">The insight API's list of edges.</param>
    public static void Say(CliEnvironment environment, JsonObject edges)
    {
        Call[] calls = Of(edges);
        if (calls.Length == 0) return;
        Terminal.Say.Line(environment);
        Terminal.Say.Line(environment, $"{Ansi.Red("Failing calls", environment.ColourError)}, as their callers see them:");
        foreach (Call call in calls.Take(Shown))
        {
            string success = MetricText.Success(call.Success, call.Requests).Text;
            Terminal.Say.Line(environment, string.Create(CultureInfo.InvariantCulture, $"  {call.From} → {call.Service}: {success} of {call.Rps:0.0} requests/s succeed; 'tulle diagnose {call.Service} -n {call.Namespace}' says why"));
        }
        if (calls.Length > Shown) Terminal.Say.Line(environment, $"  and {calls.Length - Shown} more: 'tulle edges'");
    }

    private static Call[] Of(JsonObject edges) =>
    [
        .. (edges["items"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(edge => edge["destination"].Text("service") is not null)
            .GroupBy(edge => (From: CallerOf(edge["source"]), Namespace: edge["destination"].Text("namespace") ?? "", Service: edge["destination"].Text("service")!))
            .Select(group => Sum(group.Key.From, group.Key.Namespace, group.Key.Service, [.. group.Select(Traffic.Read)]))
            .Where(call => call.Requests > 0 && SuccessHealth.Of(call.Success, (ulong)call.Requests) == HealthState.Failing)
            .OrderByDescending(call => call.Rps * (1 - call.Success)),
    ];

    private static Call Sum(string from, string @namespace, string service, Traffic[] parts)
    {
        long requests = parts.Sum(part => part.Requests);
        double successes = parts.Sum(part => (part.Success ?? 0) * part.Requests);
        return new Call(from, @namespace, service, requests, parts.Sum(part => part.Rps ?? 0), requests == 0 ? 0 : successes / requests);
    }

    private static string CallerOf(JsonNode? source)
    {
        if (source.Text("workload") is { } workload) return workload[(workload.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return source.Text("identity") ?? "outside the mesh";
    }

    private sealed record Call(string From, string Namespace, string Service, long Requests, double Rps, double Success);
}
