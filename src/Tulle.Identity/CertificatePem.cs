using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tulle.Identity;

internal static class CertificatePem
{
    /// <summary>Most certificates that one PEM text may hold; a mesh has a handful of anchors, a chain two or three.</summary>
    public const int MaxCertificates = 64;

    public static bool TryParse(
        string pem, [NotNullWhen(true)] out IReadOnlyList<X509Certificate2>? certificates, [NotNullWhen(false)] out string? error)
    {
        certificates = null;
        var found = new List<X509Certificate2>();
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label] is not "CERTIFICATE")
            {
                error = $"it holds a '{rest[fields.Label]}' where only certificates belong";
                return false;
            }
            if (found.Count == MaxCertificates)
            {
                error = $"it holds more than {MaxCertificates} certificates";
                return false;
            }

            try
            {
                found.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            }
            catch (CryptographicException)
            {
                error = $"certificate number {found.Count + 1} is not valid DER inside its PEM block";
                return false;
            }

            rest = rest[fields.Location.End..];
        }

        if (found.Count == 0)
        {
            error = "no PEM certificate (\"BEGIN CERTIFICATE\") was found in it";
            return false;
        }
        if (rest.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            error = $"the PEM block after certificate number {found.Count} is broken";
            return false;
        }

        certificates = found;
        error = null;
        return true;
    }
}
