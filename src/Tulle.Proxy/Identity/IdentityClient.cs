using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tulle.Identity;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Telemetry;
using TrustBundleMessage = Tulle.Protocol.TrustBundle;

namespace Tulle.Proxy.Identity;

/// <summary>
/// Obtains this workload's certificate, keeps trying until it has one, renews it in time, and hands each to the data plane. New trust anchors
/// are in force at once, with the certificate there is. The key never leaves memory.
/// </summary>
/// <param name="anchorsChanged">Told every set of anchors that is taken.</param>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class IdentityClient(
    ICertificateAuthority authority, IDataPlane dataPlane, Action<TrustBundle> anchorsChanged, TimeProvider time, Func<double> random, Log log)
{
    /// <summary>How often the wall clock is looked at while waiting: a laptop that slept must not wake with an expired certificate.</summary>
    private static readonly TimeSpan ClockCheck = TimeSpan.FromMinutes(1);

    private readonly PeerVerifier _verifier = new(time);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _renewNow = new(0, 1);

    // Guarded by _lock: the certificate in force, its leaf, and the anchors that came last, from wherever.
    private WorkloadCertificate? _current;
    private CertifiedChain? _currentChain;
    private TrustBundle? _anchors;
    private volatile IdentityState _state = IdentityState.None;

    public IdentityState State => _state;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(random);
        bool reported = false;
        while (!cancellation.IsCancellationRequested)
        {
            TimeSpan wait;
            string? error = await RenewAsync(cancellation).ConfigureAwait(false);
            if (cancellation.IsCancellationRequested) return;
            if (error is null)
            {
                backoff.Reset();
                reported = false;
                wait = RenewalSchedule.Delay(time.GetUtcNow(), _state.NotAfter, random());
            }
            else
            {
                _state = _state with { LastError = error };
                string consequence = _state.HasCertificate ? $"the present one is valid until {_state.NotAfter:u}" : "there is no mutual TLS until it is";
                if (!reported) log.Warn($"No certificate could be obtained ({consequence}): {error}");
                else log.Debug($"No certificate could be obtained: {error}");
                reported = true;
                wait = backoff.Next();
            }

            try
            {
                await WaitAsync(wait, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Takes the anchors of the discovery stream. Null when they are in force; otherwise why not. Any thread.</summary>
    public string? TakeTrust(TrustBundleMessage message)
    {
        string pem = string.Concat(message.AnchorsPem.Select(a => a.TrimEnd() + "\n"));
        if (!TrustBundle.TryParse(pem, out TrustBundle? bundle, out string? problem)) return $"the trust bundle cannot be used: {problem}";

        lock (_lock)
        {
            if (_current is not null && message.TrustDomain.Length > 0 && message.TrustDomain != _current.TrustDomain)
                return $"the trust bundle is for '{message.TrustDomain}', but this workload belongs to '{_current.TrustDomain}'";
            if (bundle.Equals(_anchors)) return null;
            if (_current is not null)
            {
                WorkloadCertificate next = _current with { AnchorsPem = bundle.ToPem() };
                if (dataPlane.Apply(next) is { } refusal) return refusal;
                _current = next;
                _state = _state with { Anchors = bundle.Count };
                log.Info($"{bundle.Count} trust anchor(s) are in force");
            }

            UseAnchors(bundle);

            // A root that is gone took our certificate's worth with it, whatever its date says.
            if (_currentChain is not null && CheckChain(_currentChain, bundle, out _) is not null && _renewNow.CurrentCount == 0) _renewNow.Release();
            return null;
        }
    }

    private async Task<string?> RenewAsync(CancellationToken cancellation)
    {
        using var key = KeyPair.Create();
        CertifiedChain certified;
        try
        {
            certified = await authority.CertifyAsync(key.CreateSigningRequest(), cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return authority.Explain(exception);
        }

        if (!TrustBundle.TryParse(certified.AnchorsPem, out TrustBundle? bundle, out string? problem))
            return $"the answer's trust anchors cannot be used: {problem}";
        if (CheckChain(certified, bundle, out X509Certificate2? leaf) is { } refusal) return refusal;

        using (leaf)
        {
            if (!leaf!.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportPublicKey()))
                return "the answer's certificate is for another key than the one in the request";
            SpiffeId id = PeerVerifier.SpiffeIdOf(leaf, out _)!;
            var certificate = new WorkloadCertificate(
                string.Concat(certified.Chain.Select(der => PemEncoding.WriteString("CERTIFICATE", der) + "\n")),
                key.ToPem(), bundle.ToPem(), id.TrustDomain, id.ToString(), leaf.NotAfter.ToUniversalTime());
            return Use(certificate, certified, bundle);
        }
    }

    private string? Use(WorkloadCertificate certificate, CertifiedChain certified, TrustBundle bundle)
    {
        lock (_lock)
        {
            if (dataPlane.Apply(certificate) is { } refusal) return refusal;
            bool first = _current is null;
            _current = certificate;
            _currentChain = certified;
            UseAnchors(bundle);
            _state = new IdentityState(
                certificate.SpiffeId, certificate.NotAfter, time.GetUtcNow(), _state.Refreshes + 1, bundle.Count, "");
            string message = $"The certificate of {certificate.SpiffeId} is valid until {certificate.NotAfter:u}";
            if (first) log.Info(message);
            else log.Debug(message);
            return null;
        }
    }

    private void UseAnchors(TrustBundle bundle)
    {
        _anchors = bundle;
        anchorsChanged(bundle);
    }

    private string? CheckChain(CertifiedChain certified, TrustBundle bundle, out X509Certificate2? leaf)
    {
        leaf = null;
        if (certified.Chain.Count == 0) return "the answer holds no certificate";
        try
        {
            X509Certificate2[] chain = [.. certified.Chain.Select(X509CertificateLoader.LoadCertificate)];
            leaf = chain[0];
            string? refusal = _verifier.Verify(leaf, chain.Skip(1), bundle, expected: null);
            foreach (X509Certificate2 issuer in chain.Skip(1)) issuer.Dispose();
            return refusal is null ? null : $"the answer's certificate cannot be used: {refusal}";
        }
        catch (CryptographicException)
        {
            return "the answer's certificate is broken";
        }
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellation)
    {
        DateTimeOffset until = time.GetUtcNow() + wait;
        while (time.GetUtcNow() is var now && now < until)
        {
            TimeSpan step = until - now < ClockCheck ? until - now : ClockCheck;
            using var timer = new CancellationTokenSource(step, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
            try
            {
                await _renewNow.WaitAsync(either.Token).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // The step is over.
            }
        }
    }
}
