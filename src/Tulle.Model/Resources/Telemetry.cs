using Tulle.Model.Documents;
using Tulle.Model.Schemas.Mesh.Istio;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Access logs and traces of some workloads; the other settings of a Telemetry have no effect.</summary>
/// <param name="Selector">Labels of the workloads; null for all of the namespace (or of the mesh, in the root namespace).</param>
/// <param name="AccessLogging">In the order written; the last one that says something of a side decides. Empty says nothing.</param>
/// <param name="Tracing">The same of traces; each of its settings is decided by itself.</param>
public sealed record Telemetry(
    ObjectMeta Meta, IReadOnlyDictionary<string, string>? Selector, IReadOnlyList<AccessLogging> AccessLogging, IReadOnlyList<TracingSettings> Tracing)
{
    public static Telemetry Decode(MappingNode obj)
    {
        obj = FieldNames.Normalize(TelemetrySchema.Kind, obj);
        Node? spec = obj["spec"];
        IReadOnlyDictionary<string, string> labels = spec.Get("selector").GetTextMap("matchLabels");
        // What is meant for a waypoint or a gateway must not hold for every workload of the namespace instead.
        bool targeted = spec.Get("targetRef") is MappingNode || spec.Get("targetRefs") is SequenceNode { Items.Count: > 0 };
        return new Telemetry(
            ObjectMeta.Decode(obj), labels.Count == 0 ? null : labels, targeted ? [] : spec.GetList("accessLogging", Resources.AccessLogging.Decode),
            targeted ? [] : spec.GetList("tracing", TracingSettings.Decode));
    }
}

/// <summary>Which accesses are logged.</summary>
/// <param name="Clients">Whether it holds for requests that workloads send.</param>
/// <param name="Servers">Whether it holds for requests that workloads receive.</param>
/// <param name="Json">Whether lines are JSON objects.</param>
public sealed record AccessLogging(bool Clients, bool Servers, bool Enabled, bool Json)
{
    /// <summary>Names of the providers that write to the proxy's standard output, which are the ones with an effect.</summary>
    public static IReadOnlyList<string> Providers { get; } = ["envoy", "envoy-json"];

    internal static AccessLogging Decode(MappingNode node)
    {
        string mode = node.Get("match").GetText("mode") ?? "CLIENT_AND_SERVER";
        IReadOnlyList<string> providers = node.GetList("providers", provider => provider.GetText("name") ?? "");
        bool known = providers.Count == 0 || providers.Any(Providers.Contains);
        return new AccessLogging(mode != "SERVER", mode != "CLIENT", known && !(node.GetFlag("disabled") ?? false), providers.Contains("envoy-json"));
    }
}
