using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>A certificate with what leads up to, but does not include, the anchor.</summary>
/// <param name="Chain">DER, leaf first.</param>
/// <param name="NotBefore">Start of the leaf's validity.</param>
/// <param name="NotAfter">End of the leaf's validity.</param>
public sealed record IssuedCertificate(IReadOnlyList<byte[]> Chain, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    /// <summary>Reads a PEM chain, leaf first. Says nothing about trust.</summary>
    /// <param name="error">What is wrong, to follow "FILE cannot be used: ", without a full stop.</param>
    public static bool TryParse(string pem, [NotNullWhen(true)] out IssuedCertificate? issued, [NotNullWhen(false)] out string? error)
    {
        issued = null;
        if (!CertificatePem.TryParse(pem, out IReadOnlyList<X509Certificate2>? certificates, out error)) return false;
        X509Certificate2 leaf = certificates[0];
        issued = new IssuedCertificate([.. certificates.Select(c => c.RawData)], leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        return true;
    }

    /// <summary>The chain as PEM, leaf first.</summary>
    public string ToPem() => string.Concat(Chain.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n"));

    /// <summary>The leaf joined with its key, in the form that <c>SslStream</c> and Kestrel take.</summary>
    public X509Certificate2 WithKey(KeyPair key)
    {
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(Chain[0]);
        return leaf.CopyWithPrivateKey(key.Key);
    }

    /// <summary>What goes between the leaf and the anchor; empty when a root signed directly.</summary>
    public X509Certificate2Collection Intermediates()
        => [.. Chain.Skip(1).Select(der => X509CertificateLoader.LoadCertificate(der))];
}
