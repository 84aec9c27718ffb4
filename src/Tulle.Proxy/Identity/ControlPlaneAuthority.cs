using Google.Protobuf;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;

namespace Tulle.Proxy.Identity;

/// <summary>Has certificates signed by the control plane.</summary>
internal sealed class ControlPlaneAuthority(ControlPlaneChannel channel, TimeProvider time) : ICertificateAuthority
{
    /// <summary>How long one request may take. The control plane asks the API server to review the token meanwhile.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly CertificateAuthority.CertificateAuthorityClient _client = new(channel.Channel);

    public async Task<CertifiedChain> CertifyAsync(byte[] signingRequest, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        CertifyResponse response = await _client.CertifyAsync(
            new CertifyRequest { Csr = UnsafeByteOperations.UnsafeWrap(signingRequest) },
            channel.CreateHeaders(), cancellationToken: either.Token).ResponseAsync.ConfigureAwait(false);
        return new CertifiedChain([.. response.Chain.Select(c => c.ToByteArray())], string.Concat(response.AnchorsPem.Select(a => a.TrimEnd() + "\n")));
    }

    public string Explain(Exception exception)
        => exception is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds:0} s" : channel.Explain(exception);
}
