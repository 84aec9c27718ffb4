using Tulle.Protocol;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// What the control plane's answers are handed to. Called from the discovery thread; the implementation compiles the
/// message there, once, and swaps the result into every event loop.
/// </summary>
internal interface IDataPlane
{
    /// <summary>Takes a whole destination. Null when applied; otherwise why not, and the last good one stays.</summary>
    string? Apply(Destination destination);

    /// <summary>Takes the policy for the workload's own ports. Null when applied; otherwise why not.</summary>
    string? Apply(InboundPolicy policy);

    /// <summary>Takes a certificate with its key and the anchors to trust. Null when applied; otherwise why not.</summary>
    string? Apply(WorkloadCertificate certificate);
}

/// <summary>What a proxy proves itself with, and whom it trusts. Held in memory only.</summary>
/// <param name="ChainPem">Leaf first.</param>
/// <param name="KeyPem">PKCS#8 private key.</param>
/// <param name="AnchorsPem">Trust anchors, concatenated.</param>
/// <param name="TrustDomain">The trust domain that peers must belong to.</param>
/// <param name="SpiffeId">Own identity.</param>
/// <param name="NotAfter">End of validity.</param>
internal sealed record WorkloadCertificate(
    string ChainPem, string KeyPem, string AnchorsPem, string TrustDomain, string SpiffeId, DateTimeOffset NotAfter);
