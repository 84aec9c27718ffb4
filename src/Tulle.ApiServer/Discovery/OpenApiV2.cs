using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Protobuf;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Discovery;

/// <summary>The OpenAPI 2.0 document of everything, for old clients.</summary>
internal static class OpenApiV2
{
    private const string ReferencePrefix = "#/definitions/";

    public static byte[] Document(ResourceRegistry registry, bool protobuf)
    {
        var definitions = new JsonObject { [OpenApiSchemas.ObjectMetaName] = OpenApiSchemas.Of(ObjectMetaSchema.Metadata, ReferencePrefix) };
        foreach (ServedResource resource in registry.All)
        {
            foreach (string version in resource.Kind.Versions)
                definitions[OpenApiSchemas.NameOf(resource.Kind, version)] = OpenApiSchemas.Whole(resource, version, ReferencePrefix);
        }
        var document = new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Tulle", ["version"] = "v1" },
            ["paths"] = new JsonObject(),
            ["definitions"] = definitions,
        };
        return protobuf ? Gnostic.Encode(document) : Json.ToBytes(document);
    }
}
