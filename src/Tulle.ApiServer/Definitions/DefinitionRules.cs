using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Definitions;

/// <summary>
/// CustomResourceDefinitions. One is established as soon as it is written, so that its kind can be used at once. A definition of a kind
/// that is built in is kept, for the tools that install it, and changes nothing.
/// </summary>
internal sealed class DefinitionRules(TimeProvider clock) : KindRules
{
    public override void Default(JsonObject value, JsonObject? old)
    {
        if (value.At("spec", "names") is not JsonObject names || names.Text("kind") is not { } kind) return;
        SetDefault(names, "singular", kind.ToLowerInvariant());
        SetDefault(names, "listKind", kind + "List");
        SetDefault(value.Child("spec") as JsonObject, "conversion", new JsonObject { ["strategy"] = "None" });
        JsonObject status = value.Ensure("status");
        status["acceptedNames"] = names.DeepClone();
        status["storedVersions"] = Stored(value, status);
        string now = ObjectMeta.Timestamp(clock.GetUtcNow());
        if (status.Child("conditions") is not JsonArray)
        {
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now));
        }
    }

    public override void Validate(JsonObject value, JsonObject? old, List<Cause> causes)
    {
        string expected = $"{value.Text("spec", "names", "plural")}.{value.Text("spec", "group")}";
        if (value.Name() != expected)
        {
            causes.Add(new Cause("FieldValueInvalid", "metadata.name",
                $"Invalid value: \"{value.Name()}\": must be spec.names.plural+\".\"+spec.group, which is {expected}"));
        }
        JsonObject[] versions = [.. value.Objects("spec", "versions")];
        if (versions.Count(version => version.Flag("storage") == true) != 1)
            causes.Add(new Cause("FieldValueInvalid", "spec.versions", "Invalid value: must have exactly one version marked as storage version"));
        for (int i = 0; i < versions.Length; i++)
        {
            if (versions[i].At("schema", "openAPIV3Schema") is not JsonObject)
                causes.Add(Required($"spec.versions[{i}].schema.openAPIV3Schema", "schemas are required"));
        }
        if (value.Text("spec", "conversion", "strategy") is not ("None" or null) && !IsBuiltIn(value))
        {
            causes.Add(new Cause("FieldValueNotSupported", "spec.conversion.strategy",
                $"Unsupported value: \"{value.Text("spec", "conversion", "strategy")}\": supported values: \"None\"; conversion webhooks are not called here"));
        }
        if (old is null) return;
        foreach (string field in (string[])["group", "scope"])
        {
            if (old.Text("spec", field) != value.Text("spec", field)) causes.Add(Immutable($"spec.{field}", value.At("spec", field)));
        }
    }

    public override IEnumerable<string> Warnings(JsonObject value)
    {
        if (IsBuiltIn(value)) yield return $"{value.Text("spec", "names", "kind")} is built into Tulle: the definition is kept, and changes nothing";
    }

    private static bool IsBuiltIn(JsonObject value) =>
        ResourceCatalog.ByPlural(value.Text("spec", "group") ?? "", value.Text("spec", "names", "plural") ?? "") is not null;

    private static JsonArray Stored(JsonObject value, JsonObject status)
    {
        IEnumerable<string> storage = value.Objects("spec", "versions").Where(v => v.Flag("storage") == true).Select(v => v.Text("name")).OfType<string>();
        return new JsonArray([.. status.Texts("storedVersions").Union(storage).Select(version => (JsonNode)version)]);
    }

    private static JsonObject Condition(string type, string reason, string message, string now) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
