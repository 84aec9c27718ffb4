using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Certificates;

/// <summary>Identities and trust anchors as JSON.</summary>
internal static class IdentityJson
{
    /// <summary>Characters of a fingerprint that are shown: enough to tell anchors apart.</summary>
    private const int FingerprintLength = 12;

    public static void Write(Utf8JsonWriter json, string trustDomain, IEnumerable<string> anchorsPem, IReadOnlyList<IdentityReport> identities)
    {
        json.WriteString("trustDomain", trustDomain);
        json.WriteStartArray("anchors");
        foreach (string pem in anchorsPem)
        {
            using var anchor = X509Certificate2.CreateFromPem(pem);
            json.WriteStartObject();
            json.WriteString("subject", anchor.Subject);
            json.WriteString("fingerprint", anchor.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)[..FingerprintLength].ToLowerInvariant());
            json.WriteString("notBefore", new DateTimeOffset(anchor.NotBefore).ToUniversalTime());
            json.WriteString("notAfter", new DateTimeOffset(anchor.NotAfter).ToUniversalTime());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("items");
        foreach (IdentityReport identity in identities) Write(json, identity);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, IdentityReport identity)
    {
        json.WriteStartObject();
        json.WriteString("namespace", identity.Namespace);
        json.WriteString("serviceAccount", identity.ServiceAccount);
        json.WriteString("spiffeId", identity.SpiffeId);
        json.WriteStartArray("pods");
        foreach ((string name, ProxyCertificate? certificate) in identity.Pods)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            WriteTime(json, "issued", certificate?.ObtainedUnix ?? 0);
            WriteTime(json, "notAfter", certificate?.NotAfterUnix ?? 0);
            json.WriteString("error", certificate?.LastError ?? "");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long unix)
    {
        if (unix > 0) json.WriteString(name, DateTimeOffset.FromUnixTimeSeconds(unix));
        else json.WriteNull(name);
    }
}
