using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tulle.Identity;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Authority;

/// <summary>
/// Keeps the mesh's issuer where every control plane of the cluster finds it: key and certificate in a Secret, the
/// anchors that anyone may read in a ConfigMap. Made on first use; whoever comes second takes the first one's.
/// </summary>
internal sealed class IssuerStore(
    KubernetesClient kubernetes, string trustDomain, TimeProvider clock, RandomNumberGenerator random, ILogger<IssuerStore> log)
{
    public const string SecretName = "tulle-identity-issuer";
    public const string AnchorsName = "tulle-trust-anchors";
    public const string AnchorsKey = "anchors.pem";

    private static readonly ResourcePath Namespaces = ResourcePath.Of("", "v1", "namespaces");
    private static readonly ResourcePath Secrets = ResourcePath.Of("", "v1", "secrets", ProtocolNames.SystemNamespace);
    private static readonly ResourcePath ConfigMaps = ResourcePath.Of("", "v1", "configmaps", ProtocolNames.SystemNamespace);

    /// <summary>The issuer, made when there is none yet; the anchors are published.</summary>
    /// <exception cref="IssuerException">The Secret's content cannot be used.</exception>
    public async Task<CertificateAuthorityMaterial> LoadOrCreateAsync(CancellationToken cancellation)
    {
        await EnsureNamespaceAsync(cancellation).ConfigureAwait(false);
        CertificateAuthorityMaterial authority =
            await LoadAsync(cancellation).ConfigureAwait(false) ?? await CreateAsync(cancellation).ConfigureAwait(false);
        await PublishAnchorsAsync(Identity.TrustBundle.Of(authority), cancellation).ConfigureAwait(false);
        return authority;
    }

    private async Task<CertificateAuthorityMaterial?> LoadAsync(CancellationToken cancellation)
    {
        JsonObject? secret = await kubernetes.TryGetAsync(Secrets.WithName(SecretName), cancellation).ConfigureAwait(false);
        if (secret is null) return null;
        string certificate = Decode(secret, "tls.crt");
        string key = Decode(secret, "tls.key");
        if (CertificateAuthorityMaterial.TryFromPem(certificate, key, out CertificateAuthorityMaterial? authority, out string? error))
            return authority;
        throw new IssuerException(
            $"Secret {ProtocolNames.SystemNamespace}/{SecretName} cannot be used: {error} Correct it, or delete it to have a new root made (running proxies then need a restart).");
    }

    private async Task<CertificateAuthorityMaterial> CreateAsync(CancellationToken cancellation)
    {
        var authority = CertificateAuthorityMaterial.CreateRoot(trustDomain, clock, random);
        var secret = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = Metadata(SecretName),
            ["type"] = "kubernetes.io/tls",
            ["data"] = new JsonObject
            {
                ["tls.crt"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ToCertificatePem())),
                ["tls.key"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ToKeyPem())),
            },
        };
        try
        {
            await kubernetes.CreateAsync(Secrets, secret, null, cancellation).ConfigureAwait(false);
            log.RootCreated($"{ProtocolNames.SystemNamespace}/{SecretName}");
            return authority;
        }
        catch (ApiStatusException error) when (error.IsAlreadyExists)
        {
            // Another control plane was faster; two roots would split the mesh.
            authority.Dispose();
            return await LoadAsync(cancellation).ConfigureAwait(false)
                ?? throw new IssuerException($"Secret {ProtocolNames.SystemNamespace}/{SecretName} vanished while it was being read; start again");
        }
    }

    private async Task PublishAnchorsAsync(Identity.TrustBundle anchors, CancellationToken cancellation)
    {
        string pem = anchors.ToPem();
        var data = new JsonObject { [AnchorsKey] = pem };
        JsonObject? current = await kubernetes.TryGetAsync(ConfigMaps.WithName(AnchorsName), cancellation).ConfigureAwait(false);
        if (current is not null && current["data"].Text(AnchorsKey) == pem) return;
        try
        {
            if (current is null)
            {
                var map = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = Metadata(AnchorsName), ["data"] = data };
                await kubernetes.CreateAsync(ConfigMaps, map, null, cancellation).ConfigureAwait(false);
                return;
            }
            await kubernetes.PatchAsync(
                ConfigMaps.WithName(AnchorsName), PatchKind.Merge, new JsonObject { ["data"] = data }, null, cancellation).ConfigureAwait(false);
        }
        catch (ApiStatusException error) when (error.IsAlreadyExists)
        {
            // Written by another control plane from the same Secret, and so the same.
        }
    }

    private async Task EnsureNamespaceAsync(CancellationToken cancellation)
    {
        if (await kubernetes.TryGetAsync(Namespaces.WithName(ProtocolNames.SystemNamespace), cancellation).ConfigureAwait(false) is not null) return;
        var value = new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ProtocolNames.SystemNamespace },
        };
        try
        {
            await kubernetes.CreateAsync(Namespaces, value, null, cancellation).ConfigureAwait(false);
        }
        catch (ApiStatusException error) when (error.IsAlreadyExists)
        {
            // As wanted.
        }
    }

    private static JsonObject Metadata(string name) => new()
    {
        ["name"] = name,
        ["namespace"] = ProtocolNames.SystemNamespace,
        ["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "tulle" },
    };

    private static string Decode(JsonObject secret, string key)
    {
        string text = secret["data"].Text(key) ?? "";
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }
}
