using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>Kinds that are questions to the API server and are not stored.</summary>
internal static class ReviewSchemas
{
    private static readonly Field User = Object("user", "Who the token belongs to.",
        Text("username", "Name."), Text("uid", "UID."), Texts("groups", "Groups."), Map("extra", "What else is known.", Shape.List(Shape.String())));

    private static readonly Field ResourceAttributes = Object("resourceAttributes", "The resource that is asked about.",
        Text("namespace", "Namespace."), Text("verb", "Verb."), Text("group", "API group."), Text("version", "API version."),
        Text("resource", "Resource."), Text("subresource", "Part of the resource."), Text("name", "Object."),
        Any("fieldSelector", "Which objects, by fields."), Any("labelSelector", "Which objects, by labels."));

    private static readonly Field NonResourceAttributes = Object("nonResourceAttributes", "The path that is asked about.", Text("path", "Path."), Text("verb", "Verb."));

    private static readonly Field AccessStatus = Object("status", "The answer.",
        Flag("allowed", "Whether it is allowed."), Flag("denied", "Whether it is forbidden by a rule."), Text("reason", "Why."), Text("evaluationError", "What went wrong."));

    public static readonly ResourceKind Token = Kind("authentication.k8s.io", "TokenReview", "tokenreviews", "Asks whom a token belongs to.",
        Object("spec", "The question.", Text("token", "The token.").Required(), Texts("audiences", "Whom the token should be for.")),
        Object("status", "The answer.",
            Flag("authenticated", "Whether the token is valid."), User, Texts("audiences", "Those of the audiences that the token is for."), Text("error", "Why it is not valid.")));

    public static readonly ResourceKind SelfAccess = Kind("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "Asks whether one may do something.",
        Object("spec", "The question.", ResourceAttributes, NonResourceAttributes), AccessStatus);

    public static readonly ResourceKind Access = Kind("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews", "Asks whether someone may do something.",
        Object("spec", "The question.", ResourceAttributes, NonResourceAttributes, Text("user", "Who."), Texts("groups", "Groups."),
            Text("uid", "UID."), Map("extra", "What else is known.", Shape.List(Shape.String()))), AccessStatus);

    private static ResourceKind Kind(string group, string kind, string plural, string description, Field spec, Field status) => new()
    {
        Group = group,
        Versions = ["v1"],
        Kind = kind,
        Plural = plural,
        Namespaced = false,
        Schema = Shape.Object(description, spec, status),
    };
}
