using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Resources;

/// <summary>The built-in kinds as they are served.</summary>
internal static class BuiltInResources
{
    private static readonly HashSet<(string Group, string Kind)> Reviews =
    [
        ("authentication.k8s.io", "TokenReview"),
        ("authorization.k8s.io", "SelfSubjectAccessReview"),
        ("authorization.k8s.io", "SubjectAccessReview"),
        ("authorization.k8s.io", "SelfSubjectRulesReview"),
    ];

    public static ServedResource From(ResourceKind kind) => new()
    {
        Kind = kind,
        Singular = kind.Singular,
        ListKind = kind.Kind + "List",
        Stored = !Reviews.Contains((kind.Group, kind.Kind)),
        Subresources = Extra(kind),
    };

    private static IReadOnlyList<Subresource> Extra(ResourceKind kind) => (kind.Group, kind.Kind) switch
    {
        ("", "Pod") => [new Subresource("log", "", "v1", "Pod", ["get"])],
        ("", "ServiceAccount") => [new Subresource("token", "authentication.k8s.io", "v1", "TokenRequest", ["create"])],
        ("", "Namespace") => [new Subresource("finalize", "", "v1", "Namespace", ["update"])],
        ("apps", "Deployment" or "ReplicaSet" or "StatefulSet") =>
            [new Subresource("scale", "autoscaling", "v1", "Scale", ["get", "patch", "update"])],
        _ => [],
    };
}
