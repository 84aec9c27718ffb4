using System.Text.Json.Nodes;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Errors;

/// <summary>One cause of a refused object.</summary>
/// <param name="Reason">Machine-readable: <c>FieldValueInvalid</c>, <c>FieldValueRequired</c>…</param>
/// <param name="Field">Path of the field.</param>
/// <param name="Message">Text for a person, without the path.</param>
internal readonly record struct Cause(string Reason, string Field, string Message);

/// <summary>The errors of the Kubernetes API, in the words its clients know.</summary>
internal static class ApiErrors
{
    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized(string message = "Unauthorized") => new(401, "Unauthorized", message);

    public static ApiException Forbidden(string user, string verb, string resource, string group, string? scope) =>
        new(403, "Forbidden",
            $"{Qualified(resource, group)} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" "
            + (scope is null ? "at the cluster scope" : $"in the namespace \"{scope}\""),
            Details("", resource, group));

    public static ApiException NamespaceTerminating(ResourceKind kind, string name, string ns) =>
        new(403, "Forbidden",
            $"{Qualified(kind.Plural, kind.Group)} \"{name}\" is forbidden: unable to create new content in namespace {ns} because it is being terminated",
            Details(name, kind.Plural, kind.Group, [new Cause("NamespaceTerminating", "metadata.namespace", $"namespace {ns} is being terminated")]));

    /// <summary>A path that names no resource served here.</summary>
    public static ApiException UnknownPath() => new(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{Qualified(kind.Plural, kind.Group)} \"{name}\" not found", Details(name, kind.Plural, kind.Group));

    public static ApiException NamespaceNotFound(string ns) =>
        new(404, "NotFound", $"namespaces \"{ns}\" not found", Details(ns, "namespaces", ""));

    public static ApiException MethodNotAllowed(string message = "the server does not allow this method on the requested resource") =>
        new(405, "MethodNotAllowed", message, new JsonObject());

    public static ApiException NotAcceptable(string accept) =>
        new(406, "NotAcceptable", $"this server answers in application/json only, and the request accepts only {accept}");

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{Qualified(kind.Plural, kind.Group)} \"{name}\" already exists", Details(name, kind.Plural, kind.Group));

    public static ApiException Conflict(ResourceKind kind, string name, string cause =
        "the object has been modified; please apply your changes to the latest version and try again") =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {Qualified(kind.Plural, kind.Group)} \"{name}\": {cause}",
            Details(name, kind.Plural, kind.Group));

    public static ApiException Expired(string message) => new(410, "Expired", message);

    public static ApiException TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"the request body is larger than {limit} bytes; split the object or shorten it");

    public static ApiException UnsupportedMediaType(string? type, string accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format: {type ?? "no Content-Type"}; accepted media types: {accepted}");

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<Cause> causes)
    {
        string all = string.Join(", ", causes.Select(cause => cause.Field.Length == 0 ? cause.Message : $"{cause.Field}: {cause.Message}"));
        string text = causes.Count == 1 ? all : $"[{all}]";
        return new ApiException(422, "Invalid", $"{Qualified(kind.Kind, kind.Group)} \"{name}\" is invalid: {text}",
            Details(name, kind.Kind, kind.Group, causes));
    }

    public static ApiException TooManyRequests(string message) => new(429, "TooManyRequests", message);

    public static ApiException Internal(string message) => new(500, "InternalError", message);

    public static ApiException NotServed(string message) => new(501, "NotImplemented", message);

    private static string Qualified(string resource, string group) => group.Length == 0 ? resource : $"{resource}.{group}";

    private static JsonObject Details(string name, string resource, string group, IReadOnlyList<Cause>? causes = null)
    {
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        details["kind"] = resource;
        if (causes is { Count: > 0 })
        {
            details["causes"] = new JsonArray([.. causes.Select(cause =>
                (JsonNode)new JsonObject { ["reason"] = cause.Reason, ["message"] = cause.Message, ["field"] = cause.Field })]);
        }
        return details;
    }
}
