using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Monitoring;
using Tulle.Identity;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Authority;

/// <summary>Hands certificates to workloads. The SPIFFE ID is that of the token; nothing the request says about names counts.</summary>
internal sealed class CertificateAuthorityService(
    CallerAuthentication authentication, MeshIssuer issuer, ControlPlaneCounters counters, MeshEvents events, ILogger<CertificateAuthorityService> log)
    : CertificateAuthority.CertificateAuthorityBase
{
    public override async Task<CertifyResponse> Certify(CertifyRequest request, ServerCallContext context)
    {
        Caller caller = await authentication.AuthenticateAsync(context, fresh: true).ConfigureAwait(false);
        SpiffeId id = SpiffeId.ForServiceAccount(issuer.TrustDomain, caller.Namespace, caller.ServiceAccount);
        if (!issuer.Issuer.TryIssue(request.Csr.Span, id, issuer.Lifetime, out IssuedCertificate? issued, out string? error))
        {
            counters.OnCertificate(issued: false);
            log.RequestRefused(caller, error);
            events.CertificateRefused(caller, error);
            throw new RpcException(new Status(StatusCode.InvalidArgument, error));
        }
        counters.OnCertificate(issued: true);
        log.Issued(id.ToString(), caller, issued.NotAfter);
        var response = new CertifyResponse { NotAfterUnix = issued.NotAfter.ToUnixTimeSeconds() };
        foreach (byte[] certificate in issued.Chain) response.Chain.Add(UnsafeByteOperations.UnsafeWrap(certificate));
        response.AnchorsPem.AddRange(issuer.AnchorsPem);
        return response;
    }
}
