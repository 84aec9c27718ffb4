namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>The workload that this proxy belongs to, as far as it was told. Empty is unknown.</summary>
/// <param name="Workload">Owner, such as <c>deployment/users</c>.</param>
/// <param name="Identity">Its SPIFFE ID.</param>
internal sealed record WorkloadSelf(string Workload, string Identity);

/// <summary>Names in the form of other meshes.</summary>
internal static class WorkloadNames
{
    /// <summary>Without the kind: <c>users</c> of <c>deployment/users</c>.</summary>
    public static string NameOf(string workload) => workload[(workload.IndexOf('/') + 1)..];

    /// <summary>Of <c>spiffe://td/ns/NAMESPACE/sa/ACCOUNT</c>; empty when it is no such ID.</summary>
    public static (string Namespace, string Account) OfIdentity(string spiffeId)
    {
        string[] parts = spiffeId.Split('/');
        return parts is ["spiffe:", "", _, "ns", var @namespace, "sa", var account] ? (@namespace, account) : ("", "");
    }
}
