using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Describe;

/// <summary>The insight API's list <c>effective</c>, for a person.</summary>
internal sealed class EffectiveText(CliEnvironment environment)
{
    private readonly TextWriter _to = environment.Output;

    public void Write(JsonObject answer)
    {
        string client = answer["client"].Text("workload") ?? "any client";
        _to.WriteLine($"Service {answer.Text("namespace")}/{answer.Text("name")}, as {client} in namespace {answer["client"].Text("namespace")} sees it");
        foreach (JsonNode port in List(answer, "ports")) WritePort(port);
        WriteBackends(answer);
        WriteDecisions(answer);
        JsonNode[] warnings = List(answer, "warnings");
        if (warnings.Length == 0) return;
        Heading("Warnings");
        foreach (JsonNode warning in warnings)
        {
            string field = warning.Text("field") is { Length: > 0 } path ? $"{path}: " : "";
            _to.WriteLine($"  {Ansi.Yellow("!", environment.ColourOutput)} {Object(warning["object"])}: {field}{warning.Text("message")}");
        }
    }

    private void WritePort(JsonNode port)
    {
        Heading($"Port {port["port"]} {port.Text("name")} ({port.Text("protocol")})".Replace("  ", " ", StringComparison.Ordinal));
        var table = new TextTable([new("  REQUESTS") { Shrinks = true }, new("GO TO"), new("WITH"), new("BECAUSE OF")]);
        table.Write(_to, [.. List(port, "routes").Select(route => (string[])[$"  {route.Text("matches")}", Target(route), Settings(route), Origin(route)])]);
        foreach (JsonNode route in List(port, "connectionRoutes"))
        {
            string names = string.Join(", ", List(route, "serverNames").Select(name => name.GetValue<string>()));
            _to.WriteLine($"  connections {(names.Length > 0 ? $"for {names}" : "that are not HTTP")}: {Backends(route)} ({Origin(route)})");
        }
    }

    private void WriteBackends(JsonObject answer)
    {
        Heading("Backends");
        var table = new TextTable([new("  NAME"), new("ENDPOINTS", RightAligned: true), new("MESHED", RightAligned: true), new("MTLS"), new("POLICY")]);
        table.Write(_to, [.. List(answer, "backends").Select(backend => (string[])
        [
            $"  {backend.Text("name")}", Number(backend["endpoints"]), Number(backend["meshed"]), backend.Text("mtls") ?? "-", Policy(backend),
        ])]);
    }

    private void WriteDecisions(JsonObject answer)
    {
        Heading("Decisions, what comes first first");
        foreach (JsonNode decision in List(answer, "decisions"))
        {
            string mark = decision["applied"]!.GetValue<bool>() ? Ansi.Green("√", environment.ColourOutput) : Ansi.Dim("-", environment.ColourOutput);
            string rule = decision.Text("rule") is { } name ? $", {name}" : "";
            _to.WriteLine($"  {mark} {Object(decision["object"])}{rule}: {decision.Text("why")}");
        }
    }

    private void Heading(string text)
    {
        _to.WriteLine();
        _to.WriteLine(Ansi.Bold(text, environment.ColourOutput));
    }

    private static string Target(JsonNode route) => route.Text("answer") ?? Backends(route);

    private static string Backends(JsonNode route) => string.Join(", ", List(route, "backends")
        .Select(backend => List(route, "backends").Length == 1 ? backend.Text("backend")! : $"{Percent(backend["share"])} {backend.Text("backend")}"));

    private static string Settings(JsonNode route)
    {
        var settings = new List<string>();
        if (Number(route["timeouts"]?["requestMs"]) is { Length: > 0 } timeout) settings.Add($"timeout {timeout} ms");
        if (route["retries"] is { } retries) settings.Add($"{Number(retries["limit"])} retries on {string.Join(",", List(retries, "on").Select(on => on.GetValue<string>()))}");
        if (route["fault"] is { } fault)
        {
            if (Number(fault["delayMs"]) is { Length: > 0 } delay) settings.Add($"{Percent(fault["delayShare"])} delayed {delay} ms");
            if (Number(fault["abortStatus"]) is { Length: > 0 } status) settings.Add($"{Percent(fault["abortShare"])} aborted with {status}");
        }
        settings.AddRange(List(route, "mirrors").Select(mirror => $"{Percent(mirror["share"])} copied to {mirror.Text("backend")}"));
        if (route["rateLimit"] is { } limit) settings.Add($"{Number(limit["requestsPerSecond"])} requests/s");
        settings.AddRange(List(route, "changes").Select(change => change.GetValue<string>()));
        return settings.Count > 0 ? string.Join("; ", settings) : "-";
    }

    private static string Policy(JsonNode backend)
    {
        var policy = new List<string>();
        if (backend["loadBalancer"] is { } balancer) policy.Add(balancer.Text("hash") is { } hash ? $"{balancer.Text("policy")} by {hash}" : balancer.Text("policy")!);
        if (Number(backend["connectionPool"]?["maxConnections"]) is { Length: > 0 } connections) policy.Add($"{connections} connections");
        if (Number(backend["connectionPool"]?["maxRequests"]) is { Length: > 0 } requests) policy.Add($"{requests} requests");
        if (backend["outlierDetection"] is not null) policy.Add("outlier ejection");
        if (backend["failureAccrual"] is not null) policy.Add("failure accrual");
        if (backend["healthCheck"] is { } check) policy.Add($"checks {check.Text("path")}");
        return policy.Count > 0 ? string.Join(", ", policy) : "-";
    }

    private static string Origin(JsonNode route) => route["object"] is null ? "nothing said otherwise" : route.Text("name")!;

    private static string Object(JsonNode? reference) =>
        reference.Text("namespace") is { Length: > 0 } space ? $"{reference.Text("kind")} {space}/{reference.Text("name")}" : $"{reference.Text("kind")} {reference.Text("name")}";

    private static JsonNode[] List(JsonNode node, string name) => [.. (node[name] as JsonArray ?? []).OfType<JsonNode>()];

    private static string Number(JsonNode? value) => value is null ? "" : value.GetValue<double>().ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(JsonNode? share) => string.Create(CultureInfo.InvariantCulture, $"{(share?.GetValue<double>() ?? 0) * 100:0.##} %");
}
