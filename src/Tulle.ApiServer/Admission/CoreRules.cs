using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Definitions;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Admission;

/// <summary>Rules of the core kinds.</summary>
internal static class CoreRules
{
    public static KindRules For(ResourceKind kind, TimeProvider clock) => (kind.Group, kind.Kind) switch
    {
        ("", "Namespace") => new NamespaceRules(),
        ("", "Secret") => new SecretRules(),
        ("", "Service") => new ServiceRules(),
        ("", "Pod") => new PodRules(),
        ("apps", "Deployment" or "ReplicaSet" or "StatefulSet" or "DaemonSet") => new WorkloadRules(),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => new DefinitionRules(clock),
        _ => KindRules.None,
    };

    private sealed class NamespaceRules : KindRules
    {
        public override void Default(JsonObject value, JsonObject? old)
        {
            value.Metadata().Ensure("labels")["kubernetes.io/metadata.name"] = value.Name();
            value.Ensure("spec")["finalizers"] = new JsonArray("kubernetes");
            SetDefault(value.Ensure("status"), "phase", "Active");
        }
    }

    private sealed class SecretRules : KindRules
    {
        public override void Default(JsonObject value, JsonObject? old)
        {
            SetDefault(value, "type", "Opaque");
            if (value.Child("stringData") is not JsonObject plain) return;
            JsonObject data = value.Ensure("data");
            foreach ((string key, JsonNode? text) in plain) data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Display()));
            value.Remove("stringData");
        }

        public override void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
        {
            if (old is not null && old.Text("type") != value.Text("type")) causes.Add(Immutable("type", value.Child("type")));
            foreach ((string key, JsonNode? text) in value.Child("data") as JsonObject ?? [])
            {
                string encoded = text.Text() ?? "";
                if (!Convert.TryFromBase64String(encoded, new byte[encoded.Length], out _))
                    causes.Add(new Cause("FieldValueInvalid", $"data[{key}]", "Invalid value: \"<redacted>\": is not base64; put plain text under stringData"));
            }
        }
    }

    private sealed class ServiceRules : KindRules
    {
        public override void Default(JsonObject value, JsonObject? old)
        {
            JsonObject spec = value.Ensure("spec");
            SetDefault(spec, "type", "ClusterIP");
            SetDefault(spec, "sessionAffinity", "None");
            foreach (JsonObject port in spec.Objects("ports"))
            {
                SetDefault(port, "protocol", "TCP");
                if (port.Child("port") is { } number) SetDefault(port, "targetPort", number.DeepClone());
            }
            SetDefault(value, "status", new JsonObject { ["loadBalancer"] = new JsonObject() });
        }

        public override void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
        {
            JsonObject[] ports = [.. value.Objects("spec", "ports")];
            bool external = value.Text("spec", "type") == "ExternalName";
            if (ports.Length == 0 && !external && value.Text("spec", "clusterIP") != "None") causes.Add(Required("spec.ports"));
            var names = new HashSet<string>();
            for (int i = 0; i < ports.Length; i++)
            {
                string name = ports[i].Text("name") ?? "";
                if (ports.Length > 1 && name.Length == 0) causes.Add(Required($"spec.ports[{i}].name", "a Service of several ports names each"));
                if (name.Length > 0 && !names.Add(name)) causes.Add(new Cause("FieldValueDuplicate", $"spec.ports[{i}].name", $"Duplicate value: \"{name}\""));
            }
        }
    }

    private sealed class PodRules : KindRules
    {
        public override void Default(JsonObject value, JsonObject? old)
        {
            DefaultPodSpec(value.Child("spec") as JsonObject);
            SetDefault(value.Child("spec") as JsonObject, "serviceAccountName", "default");
            SetDefault(value.Ensure("status"), "phase", "Pending");
        }

        public override void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
        {
            if (!value.Objects("spec", "containers").Any()) causes.Add(Required("spec.containers"));
        }
    }

    private sealed class WorkloadRules : KindRules
    {
        public override void Default(JsonObject value, JsonObject? old)
        {
            JsonObject spec = value.Ensure("spec");
            if (value.Text("kind") != "DaemonSet") SetDefault(spec, "replicas", JsonValue.Create(1L));
            DefaultPodSpec(spec.At("template", "spec") as JsonObject);
        }

        public override void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
        {
            if (value.At("spec", "selector") is not JsonObject { Count: > 0 } selector)
            {
                causes.Add(Required("spec.selector"));
                return;
            }
            if (old is not null && !JsonNode.DeepEquals(old.At("spec", "selector"), selector)) causes.Add(Immutable("spec.selector", selector));
            JsonNode? labels = value.At("spec", "template", "metadata", "labels");
            foreach ((string key, JsonNode? wanted) in selector.Child("matchLabels") as JsonObject ?? [])
            {
                if (labels.Text(key) == wanted.Text()) continue;
                causes.Add(new Cause("FieldValueInvalid", "spec.template.metadata.labels",
                    $"Invalid value: {Quoted(labels)}: `selector` does not match template `labels`"));
                break;
            }
        }
    }

    private static void DefaultPodSpec(JsonObject? spec)
    {
        if (spec is null) return;
        if (spec.Child("restartPolicy") is null) spec["restartPolicy"] = "Always";
        foreach (JsonObject container in spec.Objects("containers").Concat(spec.Objects("initContainers")))
        {
            foreach (JsonObject port in container.Objects("ports"))
            {
                if (port.Child("protocol") is null) port["protocol"] = "TCP";
            }
        }
    }
}
