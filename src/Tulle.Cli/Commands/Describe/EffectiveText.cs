using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Describe;

/// <summary>The insight API's list <c>effective</c>, for a person.</summary>
internal sealed class EffectiveText(CliEnvironment environment)
{
    /// <summary>Width of <c>because</c> and a blank or two.</summary>
    private const int Label = 9;

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
            Item(Ansi.Yellow("!", environment.ColourOutput), $"{Object(warning["object"])}: {field}{warning.Text("message")}");
        }
    }

    private void WritePort(JsonNode port)
    {
        Heading($"Port {port["port"]} {port.Text("name")} ({port.Text("protocol")})".Replace("  ", " ", StringComparison.Ordinal));
        int number = 0;
        foreach (JsonNode route in List(port, "routes"))
        {
            Item($"{++number}", route.Text("matches")!);
            if (route.Text("answer") is { } answer) Detail("then", answer);
            else Detail("to", Backends(route));
            if (Settings(route) is { Length: > 0 } settings) Detail("with", settings);
            Detail("because", Origin(route));
        }
        foreach (JsonNode route in List(port, "connectionRoutes"))
        {
            string names = string.Join(", ", List(route, "serverNames").Select(name => name.GetValue<string>()));
            Item("-", $"connections {(names.Length > 0 ? $"for {names}" : "that are not HTTP")}");
            Detail("to", Backends(route));
            Detail("because", Origin(route));
        }
    }

    private void WriteBackends(JsonObject answer)
    {
        Heading("Backends");
        var table = new TextTable([new("  NAME"), new("ENDPOINTS", RightAligned: true), new("MESHED", RightAligned: true), new("MTLS"), new("POLICY")], environment.OutputIsTerminal ? environment.Width : null);
        table.Write(_to, [.. List(answer, "backends").Select(backend => (TextCell[])
        [
            $"  {backend.Text("name")}", Number(backend["endpoints"]), Number(backend["meshed"]), backend.Text("mtls") ?? "-", Policy(backend),
        ])]);
    }

    private void WriteDecisions(JsonObject answer)
    {
        JsonNode[] decisions = List(answer, "decisions");
        if (decisions.Length == 0) return;
        Heading("Decisions, what comes first first");
        foreach (JsonNode decision in decisions)
        {
            string mark = decision["applied"]!.GetValue<bool>() ? Ansi.Green("√", environment.ColourOutput) : Ansi.Dim("-", environment.ColourOutput);
            string rule = decision.Text("rule") is { } name ? $", {name}" : "";
            Item(mark, $"{Object(decision["object"])}{rule}: {decision.Text("why")}");
        }
    }

    private void Heading(string text)
    {
        _to.WriteLine();
        _to.WriteLine(Ansi.Bold(text, environment.ColourOutput));
    }

    /// <param name="mark">One character wide.</param>
    private void Item(string mark, string text) => Lines($"  {mark} ", text, 4);

    private void Detail(string name, string text) => Lines($"    {name,-Label}", text, 4 + Label);

    /// <summary>Broken at the terminal's edge, the following lines below the first one's text; elsewhere one line, for grep.</summary>
    private void Lines(string before, string text, int column)
    {
        int width = environment.OutputIsTerminal ? Math.Max(30, environment.Width() - column) : int.MaxValue;
        string indent = before;
        foreach (string line in Paragraph.Wrap(text, width))
        {
            _to.WriteLine($"{indent}{line}");
            indent = new string(' ', column);
        }
    }

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
        return string.Join("; ", settings);
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

    private static string Origin(JsonNode route) => route["object"] is null ? "no object says otherwise" : $"of {route.Text("name")}";

    private static string Object(JsonNode? reference) =>
        reference.Text("namespace") is { Length: > 0 } space ? $"{reference.Text("kind")} {space}/{reference.Text("name")}" : $"{reference.Text("kind")} {reference.Text("name")}";

    private static JsonNode[] List(JsonNode node, string name) => [.. (node[name] as JsonArray ?? []).OfType<JsonNode>()];

    private static string Number(JsonNode? value) => value is null ? "" : value.GetValue<double>().ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(JsonNode? share) => string.Create(CultureInfo.InvariantCulture, $"{(share?.GetValue<double>() ?? 0) * 100:0.##} %");
}
