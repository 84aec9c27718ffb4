using System.Text.Json;
using Tulle.ControlPlane.Compilation.Decisions;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>What decides about a service, as JSON.</summary>
internal static class EffectiveJson
{
    private const double Million = 1_000_000;

    public static void Write(Utf8JsonWriter json, EffectiveReport report)
    {
        json.WriteString("namespace", report.Service.Namespace);
        json.WriteString("name", report.Service.Name);
        json.WriteStartObject("client");
        json.WriteString("namespace", report.Client.Namespace);
        json.WriteString("workload", report.Workload);
        json.WriteEndObject();
        json.WriteStartArray("ports");
        foreach (EffectivePort port in report.Ports) Write(json, port);
        json.WriteEndArray();
        json.WriteStartArray("backends");
        foreach (EffectiveBackend backend in report.Backends) BackendJson.Write(json, backend);
        json.WriteEndArray();
        json.WriteStartArray("decisions");
        foreach ((Decision decision, IReadOnlyList<int> ports) in report.Decisions) Write(json, decision, ports);
        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (EffectiveWarning warning in report.Warnings)
        {
            json.WriteStartObject();
            warning.Object.WriteTo(json, "object");
            ConfigurationItem.WriteFields(json, warning.Finding);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, EffectivePort port)
    {
        json.WriteStartObject();
        json.WriteNumber("port", port.Port.Port);
        json.WriteString("name", port.Port.Name);
        json.WriteString("protocol", TrafficNames.Protocols.Of(port.Compiled.Protocol));
        json.WriteStartArray("routes");
        foreach (Route route in port.Compiled.Routes) RouteJson.Write(json, route);
        json.WriteEndArray();
        json.WriteStartArray("connectionRoutes");
        foreach (ConnectionRoute route in port.Compiled.ConnectionRoutes) RouteJson.Write(json, route);
        json.WriteEndArray();
        json.WriteStartArray("namedRoutes");
        foreach (NamedRoute route in port.Compiled.NamedRoutes) json.WriteStringValue(route.Name);
        json.WriteEndArray();
        if (port.Compiled.RetryBudget is { } budget)
        {
            json.WriteStartObject("retryBudget");
            json.WriteNumber("ratio", budget.RatioPpm / Million);
            json.WriteNumber("minPerSecond", budget.MinPerSecond);
            json.WriteNumber("ttlMs", budget.TtlMs);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("retryBudget");
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Decision decision, IReadOnlyList<int> ports)
    {
        json.WriteStartObject();
        decision.Object.WriteTo(json, "object");
        json.WriteString("rule", decision.Rule);
        json.WriteStartArray("ports");
        foreach (int port in ports) json.WriteNumberValue(port);
        json.WriteEndArray();
        json.WriteBoolean("applied", decision.Applied);
        json.WriteString("why", decision.Why);
        json.WriteEndObject();
    }
}
