using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Terminal;
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
    /// <param name="client">Of the mesh.</param>
    /// <param name="path">The insight API's list of failing calls, those with the most failures first.</param>
    /// <param name="stop">Gives it up.</param>
    public static async Task SayAsync(CliEnvironment environment, KubernetesClient client, string path, CancellationToken stop)
    {
        try
        {
            Say(environment, await client.GetRawAsync(path, stop));
        }
        catch (ApiStatusException error) when (error.IsNotFound)
        {
            // A mesh that was started by an older version has no such list.
        }
    }

    private static void Say(CliEnvironment environment, JsonObject list)
    {
        JsonObject[] calls = [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>().Where(call => call.Text("health") == "failing")];
        if (calls.Length == 0) return;
        Terminal.Say.Line(environment);
        Terminal.Say.Line(environment, $"{Ansi.Red("Failing calls", environment.ColourError)}, as their callers see them:");
        foreach (JsonObject call in calls.Take(Shown))
        {
            var traffic = Traffic.Read(call);
            string success = MetricText.Success(traffic.Success, traffic.Requests).Text, service = call.Text("service") ?? "", @namespace = call.Text("namespace") ?? "";
            Terminal.Say.Line(environment, string.Create(CultureInfo.InvariantCulture, $"  {CallerOf(call["source"])} → {service}: {success} of {traffic.Rps:0.0} requests/s succeed; 'tulle diagnose {service} -n {@namespace}' says why"));
        }
        if (calls.Length > Shown) Terminal.Say.Line(environment, $"  and {calls.Length - Shown} more: 'tulle edges'");
    }

    private static string CallerOf(JsonNode? source)
    {
        if (source.Text("workload") is { } workload) return workload[(workload.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return source.Text("identity") ?? "outside the mesh";
    }
}
