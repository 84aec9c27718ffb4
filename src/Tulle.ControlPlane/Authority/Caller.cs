namespace Tulle.ControlPlane.Authority;

/// <summary>Who is at the other end of a call, as the API server confirmed it.</summary>
/// <param name="Namespace">Of the service account.</param>
/// <param name="ServiceAccount">Its name.</param>
/// <param name="Pod">The pod that the token is bound to; empty when it is bound to none.</param>
internal sealed record Caller(string Namespace, string ServiceAccount, string Pod)
{
    /// <summary><c>namespace/pod</c>, or the service account for want of a pod: the name in logs.</summary>
    public override string ToString() => Pod.Length > 0 ? $"{Namespace}/{Pod}" : $"{Namespace}/{ServiceAccount}";
}
