using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;

namespace Tulle.ApiServer.Authentication;

/// <summary>
/// Who may do what. There is no RBAC on one machine: the holder of the kubeconfig and the service accounts of
/// <c>tulle-system</c> may do everything; every other service account may read discovery, schemas and reviews of itself.
/// </summary>
internal static class Authorizer
{
    private const string SystemGroup = "system:serviceaccounts:tulle-system";

    public static bool IsAdmin(UserInfo user) => user.Groups.Contains("system:masters") || user.Groups.Contains(SystemGroup);

    public static void Check(UserInfo user, string verb, ApiRequest request)
    {
        if (IsAdmin(user)) return;
        // Asking about oneself is everyone's right (Kubernetes: the system:basic-user role).
        if (request.Kind.Group == "authorization.k8s.io" && request.Kind.Kind.StartsWith("Self", StringComparison.Ordinal)) return;
        throw ApiErrors.Forbidden(user.Name, verb, request.Kind.Plural, request.Kind.Group, request.Namespace);
    }

    public static void RequireAdmin(UserInfo user, string method, string group)
    {
        if (!IsAdmin(user)) throw ApiErrors.Forbidden(user.Name, method.ToLowerInvariant(), "*", group, null);
    }
}
