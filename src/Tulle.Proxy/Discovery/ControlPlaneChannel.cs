using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.Identity;
using Tulle.Proxy.Configuration;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// The one HTTP/2 connection to the control plane, over TLS, made when first needed and again when lost. The server must show a
/// certificate that the trust anchors vouch for and that names the control plane's SPIFFE ID. Thread-safe.
/// </summary>
internal sealed class ControlPlaneChannel : IDisposable
{
    /// <summary>How long connecting, TLS included, may take.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A silent connection is asked for a sign of life after this time (Linkerd's HTTP/2 keep-alive: 10 s) …</summary>
    public static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);

    /// <summary>… and given up when none comes within this, so a stopped control plane is noticed after 15 s at most.</summary>
    public static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Largest message taken: a destination of 40,000 endpoints.</summary>
    public const int MaxMessageLength = 8 * 1024 * 1024;

    /// <summary>Longest token; Kubernetes' own are about 1.5 KB.</summary>
    private const int MaxTokenLength = 16 * 1024;

    private readonly ProxyConfig _config;
    private readonly PeerVerifier _verifier;
    private readonly GrpcChannel _channel;
    private volatile string? _tlsError;
    private volatile TrustBundle? _receivedAnchors;

    public ControlPlaneChannel(ProxyConfig config, TimeProvider time)
    {
        _config = config;
        _verifier = new PeerVerifier(time);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = false,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = Verify,

                // Our verifier decides. Without this policy the platform would first load every root of the operating system, a megabyte.
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        };
        _channel = GrpcChannel.ForAddress(config.ControlPlane!, new GrpcChannelOptions
        {
            // A plain client rather than the handler: Grpc.Net.Client would add its own load balancing on top of a handler.
            HttpClient = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageLength,
            ThrowOperationCanceledOnCancellation = true,
        });
    }

    /// <summary>
    /// The anchors that came over the stream, trusted beside those in the file: the control plane itself gets its next certificate from
    /// the new root. Written by the identity task, read by handshakes.
    /// </summary>
    public TrustBundle? ReceivedAnchors
    {
        get => _receivedAnchors;
        set => _receivedAnchors = value;
    }

    /// <summary>What generated clients call through.</summary>
    public ChannelBase Channel => _channel;

    /// <summary>The authorization header, with the token as it is in its file now.</summary>
    /// <exception cref="ControlPlaneException">The file cannot be used; the message names it.</exception>
    public Metadata CreateHeaders()
    {
        string token;
        try
        {
            if (new FileInfo(_config.TokenFile!).Length > MaxTokenLength)
                throw new ControlPlaneException($"The token file {_config.TokenFile} is longer than {MaxTokenLength} bytes; it cannot be a service-account token.");
            token = File.ReadAllText(_config.TokenFile!).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ControlPlaneException($"The token file {_config.TokenFile} cannot be read; it must exist and be readable by this user.");
        }

        if (token.Length == 0 || token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ControlPlaneException($"The token file {_config.TokenFile} does not hold a token.");
        return new Metadata { { "authorization", "Bearer " + token } };
    }

    /// <summary>Why a call failed, in words for the log; what the certificate check found goes first, because gRPC only says "unavailable".</summary>
    public string Explain(Exception exception)
    {
        if (exception is ControlPlaneException) return exception.Message;
        if (_tlsError is { } tlsError) return tlsError;
        string address = _config.ControlPlane!.Authority;

        // Nobody here cancels a call that is then explained; what does is a connection attempt that takes too long.
        if (exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }) return $"it does not answer at {address}";
        if (exception is not RpcException rpc) return exception.Message;
        return rpc.StatusCode switch
        {
            StatusCode.Internal when rpc.Status.DebugException is not null => $"the connection to {address} was lost: {Innermost(rpc)}",
            StatusCode.Unauthenticated => $"the control plane did not accept the token in {_config.TokenFile}: {rpc.Status.Detail}",
            StatusCode.Unavailable => $"it cannot be reached at {address}: {Innermost(rpc)}",
            _ => $"{rpc.StatusCode}: {rpc.Status.Detail}",
        };
    }

    public void Dispose() => _channel.Dispose();

    private static string Innermost(RpcException rpc)
    {
        Exception? cause = rpc.Status.DebugException;
        while (cause?.InnerException is not null) cause = cause.InnerException;
        return cause?.Message ?? rpc.Status.Detail;
    }

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // The name in the URL is not compared: the SPIFFE ID says who it is, wherever it listens.
        _tlsError = Check(certificate as X509Certificate2, chain);
        return _tlsError is null;
    }

    private string? Check(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate is null) return "The control plane showed no certificate.";
        if (!AnchorsFile.TryRead(_config.TrustAnchorsFile!, out TrustBundle? bundle, out string? error)) return error;
        if (_receivedAnchors is { } received) bundle = bundle.Union(received);
        string? refusal = _verifier.Verify(certificate, chain?.ChainPolicy.ExtraStore ?? [], bundle, _config.ControlPlaneIdentity);
        return refusal is null ? null : $"the control plane at {_config.ControlPlane!.Authority} is not trusted (anchors: {_config.TrustAnchorsFile}): {refusal}";
    }
}
