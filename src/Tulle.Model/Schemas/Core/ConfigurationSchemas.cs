using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>ConfigMap, Secret and ServiceAccount.</summary>
internal static class ConfigurationSchemas
{
    public static readonly ResourceKind ConfigMap = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "ConfigMap",
        Plural = "configmaps",
        ShortNames = ["cm"],
        Schema = Shape.Object("Configuration that is not secret.",
            TextMap("data", "Entries that are text."),
            TextMap("binaryData", "Entries that are not text, in base64."),
            Flag("immutable", "Whether its data can no longer be changed.")),
    };

    public static readonly ResourceKind Secret = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Secret",
        Plural = "secrets",
        Schema = Shape.Object("Data that must not be seen, such as keys.",
            Text("type", "What kind of secret it is, such as kubernetes.io/tls; Opaque when left out."),
            TextMap("data", "Entries in base64."),
            TextMap("stringData", "Entries as plain text; they are moved to data when the object is written."),
            Flag("immutable", "Whether its data can no longer be changed.")),
    };

    public static readonly ResourceKind ServiceAccount = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "ServiceAccount",
        Plural = "serviceaccounts",
        ShortNames = ["sa"],
        Schema = Shape.Object("An identity for pods, in the API and in the mesh.",
            Keyed("secrets", "name", "Secrets its pods may use.", ObjectReference),
            Keyed("imagePullSecrets", "name", "Secrets for fetching images.", LocalReference),
            Flag("automountServiceAccountToken", "Whether its pods get a token.")),
    };
}
