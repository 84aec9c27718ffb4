using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Check;

/// <summary>Whether the certificate authority can go on issuing.</summary>
internal sealed class IdentityChecks(ApiChecks api, TimeProvider clock)
{
    // Time enough to plan a rotation; Linkerd warns at the same age.
    private static readonly TimeSpan Soon = TimeSpan.FromDays(60);

    private X509Certificate2? _issuer;
    private readonly X509Certificate2Collection _anchors = [];

    public CheckCategory Category => new("tulle-identity",
    [
        new("the issuer certificate and the trust anchors exist", ExistAsync),
        new("the issuer certificate is within its validity period", ValidAsync),
        new("the trust anchors are within their validity period", AnchorsValidAsync),
        new("the issuer certificate is issued by a trust anchor", ChainsAsync),
    ]);

    private async Task<CheckOutcome> ExistAsync(CancellationToken stop)
    {
        const string Remedy = "restart the control plane: it makes both when they are missing, and proxies then need to be restarted";
        JsonObject? secret = await api.Mesh.Client.TryGetAsync(ResourcePath.Of("", "v1", "secrets", "tulle-system", "tulle-identity-issuer"), stop);
        if (secret?.Text("data", "tls.crt") is not { } encoded)
        {
            return CheckOutcome.Bad("the secret tulle-system/tulle-identity-issuer has no tls.crt", Remedy);
        }
        JsonObject? anchors = await api.Mesh.Client.TryGetAsync(ResourcePath.Of("", "v1", "configmaps", "tulle-system", "tulle-trust-anchors"), stop);
        if (anchors?.Text("data", "anchors.pem") is not { } pem)
        {
            return CheckOutcome.Bad("the config map tulle-system/tulle-trust-anchors has no anchors.pem", Remedy);
        }
        try
        {
            _issuer = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(encoded)));
            _anchors.ImportFromPem(pem);
            return CheckOutcome.Good;
        }
        catch (Exception exception) when (exception is FormatException or System.Security.Cryptography.CryptographicException)
        {
            return CheckOutcome.Bad($"the issuer certificate or the anchors are no PEM: {exception.Message}", Remedy);
        }
    }

    private Task<CheckOutcome> ValidAsync(CancellationToken stop) => Task.FromResult(
        _issuer is null ? Unknown : Validity(_issuer, "the issuer certificate"));

    private Task<CheckOutcome> AnchorsValidAsync(CancellationToken stop) => Task.FromResult(_anchors.Count == 0
        ? Unknown
        : _anchors.Select(anchor => Validity(anchor, $"the trust anchor {anchor.Subject}")).MaxBy(outcome => outcome.Result)!);

    private Task<CheckOutcome> ChainsAsync(CancellationToken stop)
    {
        if (_issuer is null)
        {
            return Task.FromResult(Unknown);
        }
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Expiry has its own check.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return Task.FromResult(chain.Build(_issuer)
            ? CheckOutcome.Good
            : CheckOutcome.Bad(
                $"{_issuer.Subject} chains to none of the anchors: {string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()))}",
                "put the issuer's root into the config map tulle-system/tulle-trust-anchors"));
    }

    private static CheckOutcome Unknown => CheckOutcome.Bad("it could not be read", "see the check above");

    private CheckOutcome Validity(X509Certificate2 certificate, string what)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset from = certificate.NotBefore.ToUniversalTime(), to = certificate.NotAfter.ToUniversalTime();
        if (now < from)
        {
            return CheckOutcome.Bad($"{what} is valid only from {from:u}", "check this machine's clock");
        }
        if (now > to)
        {
            return CheckOutcome.Bad($"{what} expired at {to:u}", "renew it; new certificates cannot be issued and proxies lose theirs within a day");
        }
        return to - now > Soon
            ? CheckOutcome.Good
            : CheckOutcome.Warn($"{what} expires in {(to - now).TotalDays:0} days, at {to:u}", "renew it in time");
    }
}
