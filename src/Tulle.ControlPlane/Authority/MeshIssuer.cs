using Tulle.Identity;

namespace Tulle.ControlPlane.Authority;

/// <summary>The mesh's certificate authority at work. Immutable.</summary>
/// <param name="TrustDomain">Trust domain of every identity it issues.</param>
/// <param name="Issuer">Signs.</param>
/// <param name="AnchorsPem">What peers must trust, one PEM each.</param>
/// <param name="NotAfter">End of its own certificate.</param>
/// <param name="Lifetime">Of workloads' certificates.</param>
internal sealed record MeshIssuer(string TrustDomain, CertificateIssuer Issuer, IReadOnlyList<string> AnchorsPem, DateTimeOffset NotAfter, TimeSpan Lifetime);
