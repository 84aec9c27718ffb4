using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Telemetry;
using TrustBundle = Tulle.Identity.TrustBundle;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// Stands in for the control plane: answers from the destinations file, and takes certificate, key and anchors from files. Files are looked
/// at every two seconds and taken again when they changed; a bad one is refused and what was good stays.
/// </summary>
internal sealed class StandaloneFiles(ProxyConfig config, SubscriptionTable subscriptions, IDataPlane dataPlane, TimeProvider time, Log log)
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromSeconds(2);

    /// <summary>Largest file taken, bytes.</summary>
    public const int MaxLength = 8 * 1024 * 1024;

    private readonly FileStamps _destinationsStamp = new(config.DestinationsFile);
    private readonly FileStamps _certificateStamp = new(config.CertificateFile, config.KeyFile, config.TrustAnchorsFile);
    private DestinationsResult _content = new([], null, []);
    private volatile InboundSnapshot? _inbound;
    private volatile IdentityState _identity = IdentityState.None;

    public InboundSnapshot? Inbound => _inbound;

    public IdentityState Identity => _identity;

    /// <summary>Reads everything for the first time, where any mistake is fatal. Returns what is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Load()
    {
        _destinationsStamp.Changed();
        _certificateStamp.Changed();
        var errors = new List<string>(LoadDestinations());
        if (LoadCertificate() is { } error) errors.Add(error);
        return errors;
    }

    /// <summary>Answers subscriptions and follows the files until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(AnswerAsync(cancellation), FollowAsync(cancellation));

    private async Task AnswerAsync(CancellationToken cancellation)
    {
        int stream = subscriptions.BeginStream();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await subscriptions.WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            foreach (DiscoveryRequest request in subscriptions.TakeRequests())
            {
                if (request.MessageCase == DiscoveryRequest.MessageOneofCase.Subscribe) Answer(request.Subscribe.Authority, stream);
            }
        }
    }

    private void Answer(string authority, int stream)
    {
        if (subscriptions.Find(authority) is not { } subscription) return;
        Destination destination = Volatile.Read(ref _content).Destinations.GetValueOrDefault(FlagValues.TryAuthority(authority, out string full) ? full : authority)
            ?? new Destination { Version = 1, Resolution = Resolution.NotFound };
        if (destination.Authority != authority)
        {
            destination = destination.Clone();
            destination.Authority = authority;
        }

        string? error = dataPlane.Apply(destination);
        subscriptions.Took(subscription, destination, stream, error);
        if (error is not null) log.Warn($"{config.DestinationsFile}: the destination '{authority}' was refused: {error}");
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(PollPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false)) Follow();
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private void Follow()
    {
        if (_destinationsStamp.Changed())
        {
            foreach (string error in LoadDestinations()) log.Warn($"{error} What was read before stays in force.");
            foreach (SubscriptionSnapshot known in subscriptions.Snapshot()) subscriptions.Resubscribe(known.Authority);
        }

        if (_certificateStamp.Changed() && LoadCertificate() is { } problem) log.Warn($"{problem} The certificate read before stays in force.");
    }

    private IReadOnlyList<string> LoadDestinations()
    {
        // Without a file nothing is known: own ports take both plaintext and mutual TLS, everything else goes by DNS.
        var content = new DestinationsResult([], null, []);
        if (config.DestinationsFile is { } path)
        {
            if (TryReadFile(path, "destinations", out byte[] bytes) is { } unreadable) return [unreadable];
            content = DestinationsReader.Read(bytes, path);
            if (content.Errors.Count > 0) return content.Errors;
        }

        // Otherwise a mistake would only show when the first request asks for the destination.
        List<string> refusals = [.. content.Destinations.Values
            .Select(d => (d.Authority, DestinationModel.Compile(d).Error)).Where(d => d.Error is not null)
            .Select(d => $"{config.DestinationsFile}: the destination '{d.Authority}' cannot be used: {d.Error}.")];
        if (refusals.Count > 0) return refusals;

        InboundPolicy policy = content.Inbound ?? new InboundPolicy { Version = 1 };
        if (dataPlane.Apply(policy) is { } refusal) return [$"{config.DestinationsFile}: inbound: {refusal}."];
        _inbound = new InboundSnapshot(policy, time.GetUtcNow());
        Volatile.Write(ref _content, content);
        return [];
    }

    private string? LoadCertificate()
    {
        if (config.CertificateFile is null) return null;
        if (!AnchorsFile.TryRead(config.TrustAnchorsFile!, out TrustBundle? anchors, out string? error)) return error;
        if (TryReadFile(config.CertificateFile, "certificate", out byte[] certificateBytes) is { } noCertificate) return noCertificate;
        if (TryReadFile(config.KeyFile!, "private key", out byte[] keyBytes) is { } noKey) return noKey;

        string chainPem = Encoding.UTF8.GetString(certificateBytes), keyPem = Encoding.UTF8.GetString(keyBytes);
        if (!KeyPair.TryFromPem(keyPem, out KeyPair? key, out error)) return $"The private key in {config.KeyFile} cannot be used: {error}.";
        using (key)
        {
            if (!IssuedCertificate.TryParse(chainPem, out IssuedCertificate? issued, out error)) return $"The certificate in {config.CertificateFile} cannot be used: {error}.";
            using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(issued.Chain[0]);
            if (!leaf.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportPublicKey()))
                return $"The certificate in {config.CertificateFile} and the private key in {config.KeyFile} do not belong together.";
            if (new PeerVerifier(time).Verify(leaf, issued.Intermediates(), anchors, expected: null) is { } refusal)
                return $"The certificate in {config.CertificateFile} cannot be used with the anchors in {config.TrustAnchorsFile}: {refusal}";

            SpiffeId id = PeerVerifier.SpiffeIdOf(leaf, out _)!;
            var certificate = new WorkloadCertificate(issued.ToPem(), key.ToPem(), anchors.ToPem(), id.TrustDomain, id.ToString(), issued.NotAfter);
            if (dataPlane.Apply(certificate) is { } refused) return $"The certificate in {config.CertificateFile} was refused: {refused}.";
            _identity = new IdentityState(id.ToString(), issued.NotAfter, time.GetUtcNow(), _identity.Refreshes + 1, anchors.Count, "");
            log.Info($"The certificate of {id} is valid until {issued.NotAfter:u}");
            return null;
        }
    }

    private static string? TryReadFile(string path, string what, out byte[] bytes)
    {
        bytes = [];
        try
        {
            if (new FileInfo(path).Length > MaxLength) return $"The {what} file {path} is longer than {MaxLength} bytes.";
            bytes = File.ReadAllBytes(path);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"The {what} file {path} cannot be read; it must exist and be readable by this user.";
        }
    }
}
