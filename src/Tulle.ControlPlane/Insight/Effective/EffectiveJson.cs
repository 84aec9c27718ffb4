using System.Text.Json;
using Tulle.ControlPlane.Compilation.Decisions;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>What decides about a service, as JSON.</summary>
internal static class EffectiveJson
{
    public static void Write(Utf8JsonWriter json, EffectiveReport report)
    {
        json.WriteString("namespace", report.Service.Namespace);
        json.WriteString("name", report.Service.Name);
        json.WriteStartObject("client");
        json.WriteString("namespace", report.Client.Namespace);
        json.WriteString("workload", report.Workload);
        json.WriteEndObject();
        json.WriteObjects("ports", report.Ports, Write);
        json.WriteObjects("backends", report.Backends, BackendJson.Write);
        json.WriteObjects("decisions", report.Decisions, static (json, decided) => Write(json, decided.Decision, decided.Ports));
        json.WriteObjects("warnings", report.Warnings, static (json, warning) =>
        {
            warning.Object.WriteTo(json, "object");
            ConfigurationItem.WriteFields(json, warning.Finding);
        });
    }

    private static void Write(Utf8JsonWriter json, EffectivePort port)
    {
        json.WriteNumber("port", port.Port.Port);
        json.WriteString("name", port.Port.Name);
        json.WriteString("protocol", TrafficNames.Protocols.Of(port.Compiled.Protocol));
        json.WriteObjects("routes", port.Compiled.Routes, RouteJson.Write);
        json.WriteObjects("connectionRoutes", port.Compiled.ConnectionRoutes, RouteJson.Write);
        json.WriteStrings("namedRoutes", port.Compiled.NamedRoutes.Select(route => route.Name));
        json.WriteOptional("retryBudget", port.Compiled.RetryBudget, static (json, budget) =>
        {
            json.WriteShare("ratio", budget.RatioPpm);
            json.WriteNumber("minPerSecond", budget.MinPerSecond);
            json.WriteNumber("ttlMs", budget.TtlMs);
        });
    }

    private static void Write(Utf8JsonWriter json, Decision decision, IReadOnlyList<int> ports)
    {
        decision.Object.WriteTo(json, "object");
        json.WriteString("rule", decision.Rule);
        json.WriteStartArray("ports");
        foreach (int port in ports) json.WriteNumberValue(port);
        json.WriteEndArray();
        json.WriteBoolean("applied", decision.Applied);
        json.WriteString("why", decision.Why);
    }
}
