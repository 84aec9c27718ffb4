namespace Tulle.Proxy.Identity;

/// <summary>The certificate in force, as /config and /metrics show it. Immutable.</summary>
/// <param name="SpiffeId">Own identity.</param>
/// <param name="NotAfter">End of its certificate.</param>
/// <param name="RefreshedAt">When the certificate was obtained.</param>
/// <param name="Refreshes">Certificates obtained so far.</param>
/// <param name="Anchors">Trust anchors in force.</param>
/// <param name="LastError">Why the last attempt failed; empty when it did not.</param>
internal sealed record IdentityState(
    string SpiffeId, DateTimeOffset NotAfter, DateTimeOffset RefreshedAt, long Refreshes, int Anchors, string LastError)
{
    public static readonly IdentityState None = new("", default, default, 0, 0, "");

    public bool HasCertificate => SpiffeId.Length > 0;
}
