using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

internal static class Identities
{
    /// <summary>The SPIFFE ID that a pod's sidecar presents.</summary>
    public static string Of(MeshSettings settings, Pod pod) => Of(settings, pod.Meta.Namespace, pod.ServiceAccount);

    /// <summary>The SPIFFE ID of a service account.</summary>
    public static string Of(MeshSettings settings, string @namespace, string account) => $"spiffe://{settings.TrustDomain}/ns/{@namespace}/sa/{account}";
}
