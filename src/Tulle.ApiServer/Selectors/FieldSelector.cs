using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Selectors;

/// <summary>A field selector: <c>metadata.name=a,status.phase!=Running</c>. Only the fields kube-apiserver selects by are known.</summary>
internal sealed class FieldSelector
{
    private static readonly string[] Common = ["metadata.name", "metadata.namespace"];

    private readonly List<(string Field, string Value, bool Equal)> _requirements = [];

    public bool IsEmpty => _requirements.Count == 0;

    /// <summary>The one name that the selector allows; null when it does not name one.</summary>
    public string? Name => _requirements.Where(r => r.Equal && r.Field == "metadata.name").Select(r => r.Value).FirstOrDefault();

    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = part.IndexOf('=');
            if (at <= 0) throw ApiErrors.BadRequest($"invalid field selector \"{part}\"; write field=value or field!=value");
            bool equal = part[at - 1] != '!';
            string field = part[..(equal ? at : at - 1)].Trim();
            string value = part[(at + 1)..].TrimStart('=').Trim();
            if (!Common.Contains(field) && !FieldsOf(kind).Contains(field))
            {
                throw ApiErrors.BadRequest(
                    $"field label not supported: {field}; {kind.Plural} can be selected by {string.Join(", ", Common.Concat(FieldsOf(kind)))}");
            }
            selector._requirements.Add((field, value, equal));
        }
        return selector;
    }

    public bool Matches(JsonObject value) =>
        _requirements.TrueForAll(r => ((value.At(r.Field.Split('.')).Display() == r.Value) == r.Equal));

    private static string[] FieldsOf(ResourceKind kind) => (kind.Group, kind.Kind) switch
    {
        ("", "Pod") =>
            ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP"],
        ("", "Event") =>
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        ("events.k8s.io", "Event") => ["regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "reason", "type", "reportingController"],
        ("", "Namespace") => ["status.phase"],
        ("", "Secret") => ["type"],
        ("", "Service") => ["spec.clusterIP", "spec.type"],
        ("", "Node") => ["spec.unschedulable"],
        ("apps", "ReplicaSet") => ["status.replicas"],
        ("batch", "Job") => ["status.successful"],
        _ => [],
    };
}
