using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Definitions;

/// <summary>Makes a served resource of a CustomResourceDefinition.</summary>
internal static class DefinitionReader
{
    /// <returns>The resource; null when no version is served.</returns>
    public static ServedResource? Read(JsonObject definition)
    {
        JsonNode? names = definition.At("spec", "names");
        JsonObject[] versions = [.. definition.Objects("spec", "versions").Where(version => version.Flag("served") == true)];
        if (versions.Length == 0) return null;
        // All versions have one stored form, so the one that says what is stored comes first.
        JsonObject stored = versions.FirstOrDefault(version => version.Flag("storage") == true) ?? versions[0];
        string kind = names.Text("kind") ?? "";
        return new ServedResource
        {
            Custom = true,
            Singular = names.Text("singular") ?? kind.ToLowerInvariant(),
            ListKind = names.Text("listKind") ?? kind + "List",
            VersionSchemas = versions.ToDictionary(version => version.Text("name") ?? "", SchemaOf),
            Kind = new ResourceKind
            {
                Group = definition.Text("spec", "group") ?? "",
                Versions = [stored.Text("name") ?? "", .. versions.Where(v => v != stored).Select(v => v.Text("name") ?? "")],
                Kind = kind,
                Plural = names.Text("plural") ?? "",
                ShortNames = [.. names.Texts("shortNames")],
                Categories = [.. names.Texts("categories")],
                Namespaced = definition.Text("spec", "scope") == "Namespaced",
                HasStatus = stored.At("subresources", "status") is not null,
                Schema = SchemaOf(stored),
                Columns = [.. stored.Objects("additionalPrinterColumns").Select(ColumnOf)],
            },
        };
    }

    private static Schema SchemaOf(JsonObject version) => OpenApiSchemaReader.ReadObject(version.At("schema", "openAPIV3Schema"));

    private static Column ColumnOf(JsonObject column) =>
        new(column.Text("name") ?? "", column.Text("jsonPath") ?? "", column.Number("priority") > 0 ? 1 : 0, column.Text("type") ?? "string");
}
