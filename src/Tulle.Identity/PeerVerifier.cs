using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

/// <summary>Decides whether a peer that showed a certificate is who it should be. Thread-safe.</summary>
/// <remarks>Revocation is not consulted: certificates live a day, and a lost authority is dropped from the bundle.</remarks>
public sealed class PeerVerifier(TimeProvider clock)
{
    /// <summary>id-ce-subjectAltName, RFC 5280 §4.2.1.6.</summary>
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>uniformResourceIdentifier [6], RFC 5280 §4.2.1.6.</summary>
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Null when the chain leads to an anchor, is valid now, and names the expected ID; else one sentence saying what is not so.</summary>
    /// <param name="leaf">What the peer proved possession of.</param>
    /// <param name="intermediates">What else it sent.</param>
    /// <param name="bundle">Whom we trust.</param>
    /// <param name="expected">Null takes any SPIFFE ID that the bundle vouches for.</param>
    public string? Verify(X509Certificate2 leaf, IEnumerable<X509Certificate2> intermediates, TrustBundle bundle, SpiffeId? expected)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(CertificateProfile.ServerAuth));
        foreach (X509Certificate2 anchor in bundle.Anchors) chain.ChainPolicy.CustomTrustStore.Add(anchor);
        foreach (X509Certificate2 certificate in intermediates.Take(CertificatePem.MaxCertificates)) chain.ChainPolicy.ExtraStore.Add(certificate);

        if (!chain.Build(leaf))
        {
            string reasons = string.Join(", ", chain.ChainStatus.Select(s => Describe(s.Status)).Distinct());
            return $"The peer's certificate, valid from {leaf.NotBefore.ToUniversalTime():s}Z to {leaf.NotAfter.ToUniversalTime():s}Z, is not trusted: {reasons}.";
        }

        SpiffeId? actual = SpiffeIdOf(leaf, out string? error);
        if (actual is null) return error;
        return expected is null || actual == expected ? null : $"The peer is {actual}, but {expected} was expected.";
    }

    /// <summary>The one SPIFFE ID in a certificate (X509-SVID §2: exactly one URI name). Says nothing about trust.</summary>
    public static SpiffeId? SpiffeIdOf(X509Certificate2 certificate, out string? error)
    {
        string? uri = null;
        try
        {
            foreach (X509Extension extension in certificate.Extensions)
            {
                if (extension.Oid?.Value != SubjectAlternativeName) continue;
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (!names.PeekTag().HasSameClassAndValue(UriTag))
                    {
                        names.ReadEncodedValue();
                        continue;
                    }
                    if (uri is not null)
                    {
                        error = "The peer's certificate holds more than one URI name; a SPIFFE certificate holds exactly one.";
                        return null;
                    }
                    uri = names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag);
                }
            }
        }
        catch (AsnContentException)
        {
            error = "The peer's certificate has a broken subject alternative name.";
            return null;
        }

        if (uri is null)
        {
            error = "The peer's certificate holds no SPIFFE ID.";
            return null;
        }

        return SpiffeId.TryParse(uri, out SpiffeId? id, out error) ? id : null;
    }

    private static string Describe(X509ChainStatusFlags status) => status switch
    {
        X509ChainStatusFlags.NotTimeValid => "it or an issuer of it is expired or not yet valid (compare the clocks)",
        X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot => "no configured trust anchor issued it (compare the trust anchors)",
        X509ChainStatusFlags.NotSignatureValid => "its signature is wrong",
        X509ChainStatusFlags.NotValidForUsage => "it may not be used for TLS",
        _ => status.ToString(),
    };
}
