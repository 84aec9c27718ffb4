using System.Text.Json.Nodes;
using Tulle.Local.Compose;
using Tulle.Local.Hosting;
using Tulle.Protocol;

namespace Tulle.Local.Mirroring;

/// <summary>The Kubernetes objects that stand for processes.</summary>
internal static class Manifests
{
    // Shown by kubectl where a container's image stands; there are no images here.
    private const string ProcessImage = "process";

    public static JsonObject Namespace(string name) => Object("v1", "Namespace", new JsonObject { ["name"] = name });

    public static JsonObject ServiceAccount(string @namespace, string name, string manager) =>
        Object("v1", "ServiceAccount", Metadata(@namespace, name, Managed(manager)));

    /// <summary>A Service without an address of its own: clients reach it by name, through their sidecars.</summary>
    public static JsonObject Service(string @namespace, string name, string manager, (string Label, string Value) selector, IReadOnlyList<(int Port, int Target)> ports)
    {
        var list = new JsonArray();
        foreach ((int port, int target) in ports)
        {
            var item = new JsonObject { ["port"] = port, ["targetPort"] = target, ["protocol"] = "TCP" };
            if (ports.Count > 1) item["name"] = $"p{port}";
            list.Add((JsonNode)item);
        }
        var spec = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["clusterIP"] = "None",
            ["selector"] = new JsonObject { [selector.Label] = selector.Value },
        };
        if (list.Count > 0) spec["ports"] = list;
        JsonObject labels = Managed(manager);
        if (selector.Label == "app") labels["app"] = selector.Value;
        return Object("v1", "Service", Metadata(@namespace, name, labels), spec);
    }

    public static JsonObject Deployment(string @namespace, ServiceConfig service, string manager, IReadOnlyDictionary<string, string> podLabels) =>
        Object("apps/v1", "Deployment", Metadata(@namespace, service.Name, Managed(manager, podLabels)), new JsonObject
        {
            ["replicas"] = service.Replicas,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [MeshLabels.Service] = service.Name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Map(podLabels) },
                ["spec"] = new JsonObject
                {
                    ["serviceAccountName"] = service.Name,
                    ["containers"] = new JsonArray(
                        App(service.Command, service.WorkingDirectory, [.. service.Ports.Select(port => Port(port.Port, port.Port, null))]), Sidecar()),
                },
            },
        });

    public static JsonObject Pod(ReplicaModel replica, string? deploymentUid)
    {
        JsonObject metadata = Metadata(replica.Namespace, replica.Pod, Managed(replica.Manager, replica.Labels));
        if (deploymentUid is not null)
        {
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = "apps/v1",
                ["kind"] = "Deployment",
                ["name"] = replica.Service,
                ["uid"] = deploymentUid,
                ["controller"] = true,
            });
        }
        var annotations = new JsonObject { [MeshLabels.Address] = replica.Address.ToString() };
        if (replica.Supervisor is { } supervisor) annotations[MeshLabels.Supervisor] = supervisor.ToString();
        metadata["annotations"] = annotations;
        return Object("v1", "Pod", metadata, new JsonObject
        {
            ["serviceAccountName"] = replica.Service,
            ["nodeName"] = Environment.MachineName.ToLowerInvariant(),
            ["restartPolicy"] = "Always",
            ["containers"] = new JsonArray(
                App(replica.App.Command, replica.App.WorkingDirectory, [.. replica.Ports.Select(port => Port(port.Port, port.Target, port.Published))]), Sidecar()),
        });
    }

    private static JsonObject App(IReadOnlyList<string> command, string folder, JsonNode[] ports)
    {
        var container = new JsonObject
        {
            ["name"] = "app",
            ["image"] = ProcessImage,
            ["command"] = new JsonArray([.. command.Select(word => (JsonNode)word)]),
            ["workingDir"] = folder,
        };
        if (ports.Length > 0) container["ports"] = new JsonArray(ports);
        return container;
    }

    private static JsonNode Port(int port, int target, int? published)
    {
        var json = new JsonObject { ["name"] = $"p{port}", ["containerPort"] = target, ["protocol"] = "TCP" };
        if (published is not null) (json["hostPort"], json["hostIP"]) = (published, "127.0.0.1");
        return json;
    }

    private static JsonObject Sidecar() => new() { ["name"] = ProtocolNames.SidecarContainer, ["image"] = ProcessImage };

    private static JsonObject Object(string apiVersion, string kind, JsonObject metadata, JsonObject? spec = null)
    {
        var value = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
        if (spec is not null) value["spec"] = spec;
        return value;
    }

    private static JsonObject Metadata(string @namespace, string name, JsonObject labels) =>
        new() { ["name"] = name, ["namespace"] = @namespace, ["labels"] = labels };

    private static JsonObject Managed(string manager, IReadOnlyDictionary<string, string>? labels = null)
    {
        JsonObject map = Map(labels ?? new Dictionary<string, string>());
        map[MeshLabels.ManagedBy] = manager;
        return map;
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string> labels)
    {
        var map = new JsonObject();
        foreach ((string name, string value) in labels) map[name] = value;
        return map;
    }
}
