using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tulle.ApiServer.Storage;
using Tulle.Identity;

namespace Tulle.ApiServer.Authentication;

/// <summary>
/// The server's own certificates. The authority lives in the database, so that a kubeconfig stays good over restarts; the
/// serving certificate is made anew at every start.
/// </summary>
internal static class Certificates
{
    private const string TrustDomain = "kubernetes.tulle.internal";
    private const string CertificateKey = "ca.crt";
    private const string PrivateKey = "ca.key";

    // The process would have to run for a year for it to end.
    private static readonly TimeSpan ServingLifetime = TimeSpan.FromDays(397);

    /// <exception cref="InvalidDataException">The authority in the database cannot be read.</exception>
    public static CertificateAuthorityMaterial LoadAuthority(ObjectStore store, TimeProvider clock)
    {
        if (store.ReadMeta(CertificateKey) is { } certificate && store.ReadMeta(PrivateKey) is { } key)
        {
            if (!CertificateAuthorityMaterial.TryFromPem(
                Encoding.ASCII.GetString(certificate), Encoding.ASCII.GetString(key), out CertificateAuthorityMaterial? stored, out string? error))
                throw new InvalidDataException($"the certificate authority in the mesh's database cannot be read: {error}");
            return stored;
        }
        using var random = RandomNumberGenerator.Create();
        CertificateAuthorityMaterial made = CertificateAuthorityMaterial.CreateRoot(TrustDomain, clock, random);
        store.WriteMeta(PrivateKey, Encoding.ASCII.GetBytes(made.ToKeyPem()));
        store.WriteMeta(CertificateKey, Encoding.ASCII.GetBytes(made.ToCertificatePem()));
        return made;
    }

    public static X509Certificate2 IssueServing(CertificateAuthorityMaterial authority, IPAddress listen, TimeProvider clock)
    {
        using var random = RandomNumberGenerator.Create();
        using var key = KeyPair.Create();
        IPAddress[] addresses = [.. new[] { IPAddress.Loopback, listen }.Distinct()];
        string[] names = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
        IssuedCertificate issued = new CertificateIssuer(authority, clock, random).Issue(key, null, names, addresses, ServingLifetime);
        return issued.WithKey(key);
    }
}
