using System.Text.Json.Nodes;
using Tulle.ApiServer.Patching;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Discovery;

/// <summary>OpenAPI 3.0 documents, one for each group and version, with the parts that kubectl reads.</summary>
internal static class OpenApiV3
{
    private const string ReferencePrefix = "#/components/schemas/";

    public static JsonObject Document(IReadOnlyList<ServedResource> resources, string version)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject { [OpenApiSchemas.ObjectMetaName] = OpenApiSchemas.Of(ObjectMetaSchema.Metadata, ReferencePrefix) };
        foreach (ServedResource resource in resources)
        {
            string name = OpenApiSchemas.NameOf(resource.Kind, version);
            schemas[name] = OpenApiSchemas.Whole(resource, version, ReferencePrefix);
            AddPaths(paths, resource, version, name);
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Tulle", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static void AddPaths(JsonObject paths, ServedResource resource, string version, string schema)
    {
        ResourceKind kind = resource.Kind;
        string root = kind.Group.Length == 0 ? $"/api/{version}" : $"/apis/{kind.Group}/{version}";
        string collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        JsonObject create = Operation(kind, version, "post", schema, write: true);
        if (!resource.Stored)
        {
            paths[$"{root}/{kind.Plural}"] = new JsonObject { ["post"] = create };
            return;
        }
        paths[collection] = new JsonObject { ["get"] = Operation(kind, version, "list", schema), ["post"] = create };
        JsonObject patch = Operation(kind, version, "patch", schema, write: true);
        patch["requestBody"] = new JsonObject { ["content"] = PatchContent(resource) };
        paths[collection + "/{name}"] = new JsonObject
        {
            ["get"] = Operation(kind, version, "get", schema),
            ["put"] = Operation(kind, version, "put", schema, write: true),
            ["patch"] = patch,
            ["delete"] = Operation(kind, version, "delete", schema),
        };
    }

    private static JsonObject PatchContent(ServedResource resource)
    {
        var content = new JsonObject();
        foreach (string type in PatchTypes.All)
        {
            if (resource.Custom && type == PatchTypes.Strategic) continue;
            content[type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };
        }
        return content;
    }

    private static JsonObject Operation(ResourceKind kind, string version, string action, string schema, bool write = false)
    {
        var operation = new JsonObject
        {
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject
                    {
                        ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = ReferencePrefix + schema } },
                    },
                },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = OpenApiSchemas.GroupVersionKind(kind, version),
        };
        // kubectl looks for fieldValidation to learn that the server checks fields, and for dryRun likewise.
        if (write) operation["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldManager"), Parameter("fieldValidation"));
        return operation;
    }

    private static JsonObject Parameter(string name) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
    };
}
