using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>The anchors whose word is taken. During a rotation it holds the old and the new root. Immutable; equal when the anchors are.</summary>
public sealed class TrustBundle : IEquatable<TrustBundle>
{
    private readonly SortedSet<string> _thumbprints;

    private TrustBundle(IEnumerable<X509Certificate2> anchors)
    {
        Anchors = [.. anchors.DistinctBy(a => a.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256))];
        _thumbprints = [.. Anchors.Select(a => a.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256))];
    }

    internal IReadOnlyList<X509Certificate2> Anchors { get; }

    public int Count => Anchors.Count;

    /// <summary>The earliest end of an anchor.</summary>
    public DateTimeOffset NotAfter => Anchors.Min(a => (DateTimeOffset)a.NotAfter.ToUniversalTime());

    /// <summary>Reads concatenated PEM certificates; each must be an authority.</summary>
    /// <param name="error">What is wrong, to follow "FILE cannot be used: ", without a full stop.</param>
    public static bool TryParse(string pem, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? error)
    {
        bundle = null;
        if (!CertificatePem.TryParse(pem, out IReadOnlyList<X509Certificate2>? certificates, out error)) return false;
        foreach (X509Certificate2 certificate in certificates)
        {
            if (CertificateProfile.MaySignCertificates(certificate)) continue;
            error = $"'{certificate.Subject}' is not a certificate authority (CA:TRUE and keyCertSign are needed)";
            return false;
        }

        bundle = new TrustBundle(certificates);
        return true;
    }

    /// <exception cref="FormatException">See <see cref="TryParse"/>.</exception>
    public static TrustBundle Parse(string pem) => TryParse(pem, out TrustBundle? bundle, out string? error) ? bundle : throw new FormatException(error);

    /// <summary>The bundle of one authority: the top of its chain.</summary>
    public static TrustBundle Of(CertificateAuthorityMaterial authority)
    {
        X509Certificate2 top = authority.Issuers.Count == 0 ? authority.Certificate : authority.Issuers[^1];
        return new TrustBundle([X509CertificateLoader.LoadCertificate(top.RawData)]);
    }

    /// <summary>Both sets of anchors: what every peer must trust before an issuer is replaced.</summary>
    public TrustBundle Union(TrustBundle other) => new(Anchors.Concat(other.Anchors));

    /// <summary>One PEM per anchor, in a stable order.</summary>
    public IReadOnlyList<string> ToPems()
        => [.. Anchors.OrderBy(a => a.GetCertHashString(), StringComparer.Ordinal).Select(a => a.ExportCertificatePem() + "\n")];

    public string ToPem() => string.Concat(ToPems());

    public bool Equals(TrustBundle? other) => other is not null && _thumbprints.SetEquals(other._thumbprints);

    public override bool Equals(object? obj) => Equals(obj as TrustBundle);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (string thumbprint in _thumbprints) hash.Add(thumbprint, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
