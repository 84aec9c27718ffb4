using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Diagnose;

/// <summary>Something that is wrong, as the insight API tells it.</summary>
/// <param name="Cause">For programs; docs/reference/insight-api.md lists them.</param>
/// <param name="Level"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
internal sealed record Finding(string Cause, string Level, string Where, string What, IReadOnlyList<string> Evidence, string Remedy)
{
    public static Finding Read(JsonObject item) => new(
        item.Text("cause") ?? "", item.Text("level") ?? "", item.Text("where") ?? "", item.Text("what") ?? "",
        [.. (item["evidence"] as JsonArray ?? []).Select(line => line?.GetValue<string>() ?? "")], item.Text("remedy") ?? "");

    public JsonObject Json() => new()
    {
        ["cause"] = Cause,
        ["level"] = Level,
        ["where"] = Where,
        ["what"] = What,
        ["evidence"] = new JsonArray([.. Evidence.Select(line => (JsonNode)line)]),
        ["remedy"] = Remedy,
    };
}

/// <summary>An area that was looked at.</summary>
/// <param name="Result"><c>ok</c>, or the level of the worst that was found there.</param>
internal sealed record Examined(string Service, string Area, string Result, string Text)
{
    public static Examined Read(JsonObject item) => new(item.Text("service") ?? "", item.Text("area") ?? "", item.Text("result") ?? "", item.Text("text") ?? "");

    public JsonObject Json() => new() { ["service"] = Service, ["area"] = Area, ["result"] = Result, ["text"] = Text };
}

/// <summary>What was found about a service or deployment.</summary>
/// <param name="Verdict"><c>healthy</c>, <c>degraded</c> or <c>broken</c>.</param>
internal sealed record Diagnosis(
    string Namespace, string Kind, string Name, IReadOnlyList<string> Services, string Verdict, string Summary,
    IReadOnlyList<Finding> Findings, IReadOnlyList<Examined> Examined)
{
    public bool IsHealthy => Verdict == "healthy";

    public static Diagnosis Read(JsonObject answer) => new(
        answer.Text("namespace") ?? "", answer.Text("kind") ?? "", answer.Text("name") ?? "",
        [.. (answer["services"] as JsonArray ?? []).Select(name => name?.GetValue<string>() ?? "")], answer.Text("verdict") ?? "", answer.Text("summary") ?? "",
        [.. (answer["findings"] as JsonArray ?? []).OfType<JsonObject>().Select(Finding.Read)],
        [.. (answer["examined"] as JsonArray ?? []).OfType<JsonObject>().Select(Diagnose.Examined.Read)]);

    public JsonObject Json() => new()
    {
        ["namespace"] = Namespace,
        ["kind"] = Kind,
        ["name"] = Name,
        ["services"] = new JsonArray([.. Services.Select(name => (JsonNode)name)]),
        ["verdict"] = Verdict,
        ["summary"] = Summary,
        ["findings"] = new JsonArray([.. Findings.Select(finding => finding.Json())]),
        ["examined"] = new JsonArray([.. Examined.Select(examined => examined.Json())]),
    };
}
