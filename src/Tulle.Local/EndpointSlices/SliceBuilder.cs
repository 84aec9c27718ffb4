using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Local.EndpointSlices;

/// <summary>Works out the EndpointSlices of a Service from the Pods that its selector finds, as Kubernetes' controller does.</summary>
internal static class SliceBuilder
{
    public const string ServiceLabel = "kubernetes.io/service-name";
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    public const string Manager = "tulle-endpointslice-controller";

    /// <summary>
    /// One slice for each set of port numbers among the pods (a named target port may have another number in each).
    /// A Service without a selector has none: its endpoints are written by hand.
    /// </summary>
    public static IReadOnlyList<JsonObject> Build(JsonObject service, IEnumerable<JsonObject> pods)
    {
        if (service["spec"]?["selector"] is not JsonObject { Count: > 0 } selector) return [];
        bool publishUnready = service["spec"]!["publishNotReadyAddresses"] is JsonValue flag && flag.TryGetValue(out bool publish) && publish;
        var groups = new SortedDictionary<string, (JsonArray Ports, JsonArray Endpoints)>(StringComparer.Ordinal);
        foreach (JsonObject pod in pods.Where(pod => Selects(selector, pod)).OrderBy(pod => pod.ObjectName(), StringComparer.Ordinal))
        {
            if (pod.Text("status", "podIP") is not { Length: > 0 } address || pod.Text("status", "phase") is "Succeeded" or "Failed") continue;
            JsonArray ports = Ports(service, pod);
            string key = ports.ToJsonString();
            if (!groups.TryGetValue(key, out (JsonArray Ports, JsonArray Endpoints) group)) groups[key] = group = (ports, []);
            group.Endpoints.Add((JsonNode)Endpoint(pod, address, publishUnready));
        }
        int number = 0;
        return [.. groups.Values.Select(group => Slice(service, number++, group.Ports, group.Endpoints))];
    }

    /// <summary>Whether the pod carries every label that the selector asks for.</summary>
    public static bool Selects(JsonObject selector, JsonObject pod) =>
        selector.All(pair => pod.Text("metadata", "labels", pair.Key) == pair.Value?.GetValue<string>());

    public static bool IsReady(JsonObject pod) =>
        pod["metadata"]?["deletionTimestamp"] is null
        && pod["status"]?["conditions"] is JsonArray conditions
        && conditions.Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True");

    private static JsonObject Slice(JsonObject service, int number, JsonArray ports, JsonArray endpoints) => new()
    {
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["kind"] = "EndpointSlice",
        ["metadata"] = new JsonObject
        {
            ["name"] = string.Create(CultureInfo.InvariantCulture, $"{service.ObjectName()}-{number}"),
            ["namespace"] = service.ObjectNamespace(),
            ["labels"] = new JsonObject { [ServiceLabel] = service.ObjectName(), [ManagedByLabel] = Manager },
            ["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Service",
                ["name"] = service.ObjectName(),
                ["uid"] = service.Text("metadata", "uid") ?? "",
                ["controller"] = true,
                ["blockOwnerDeletion"] = true,
            }),
        },
        ["addressType"] = "IPv4",
        ["endpoints"] = endpoints,
        ["ports"] = ports,
    };

    private static JsonObject Endpoint(JsonObject pod, string address, bool publishUnready)
    {
        bool ready = IsReady(pod);
        var endpoint = new JsonObject
        {
            ["addresses"] = new JsonArray((JsonNode)address),
            ["conditions"] = new JsonObject
            {
                ["ready"] = ready || publishUnready,
                ["serving"] = ready,
                ["terminating"] = pod["metadata"]?["deletionTimestamp"] is not null,
            },
            ["targetRef"] = new JsonObject
            {
                ["kind"] = "Pod",
                ["namespace"] = pod.ObjectNamespace(),
                ["name"] = pod.ObjectName(),
                ["uid"] = pod.Text("metadata", "uid") ?? "",
            },
        };
        if (pod.Text("spec", "nodeName") is { Length: > 0 } node) endpoint["nodeName"] = node;
        return endpoint;
    }

    private static JsonArray Ports(JsonObject service, JsonObject pod)
    {
        var ports = new JsonArray();
        foreach (JsonNode? item in service["spec"]!["ports"] as JsonArray ?? [])
        {
            if (item is not JsonObject port || TargetPort(port, pod) is not { } number) continue;
            var result = new JsonObject { ["name"] = port.Text("name") ?? "", ["port"] = number, ["protocol"] = port.Text("protocol") ?? "TCP" };
            if (port.Text("appProtocol") is { } protocol) result["appProtocol"] = protocol;
            ports.Add((JsonNode)result);
        }
        return ports;
    }

    // A name stands for the container port of that name; no target port means the same number (Service.spec.ports[].targetPort).
    private static int? TargetPort(JsonObject port, JsonObject pod)
    {
        JsonNode? target = port["targetPort"] ?? port["port"];
        if (target is JsonValue value && value.TryGetValue(out int number)) return number == 0 ? port["port"]!.GetValue<int>() : number;
        string? name = (target as JsonValue)?.GetValue<string>();
        foreach (JsonNode? container in pod["spec"]?["containers"] as JsonArray ?? [])
        {
            foreach (JsonNode? candidate in container?["ports"] as JsonArray ?? [])
            {
                if (candidate.Text("name") == name) return candidate!["containerPort"]!.GetValue<int>();
            }
        }
        return null;
    }
}
