namespace Tulle.Proxy.Identity;

/// <summary>Who signs this workload's certificates.</summary>
internal interface ICertificateAuthority
{
    /// <param name="signingRequest">PKCS#10, DER.</param>
    Task<CertifiedChain> CertifyAsync(byte[] signingRequest, CancellationToken cancellation);

    /// <summary>An exception of <see cref="CertifyAsync"/> in words for the log.</summary>
    string Explain(Exception exception);
}

/// <param name="Chain">DER, leaf first.</param>
/// <param name="AnchorsPem">What to trust.</param>
internal sealed record CertifiedChain(IReadOnlyList<byte[]> Chain, string AnchorsPem);
