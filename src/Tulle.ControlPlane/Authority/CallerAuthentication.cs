using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Authority;

/// <summary>Finds out who makes a call, or ends it with a status that says why not.</summary>
internal sealed class CallerAuthentication(TokenReviewer reviewer, ILogger<CallerAuthentication> log)
{
    private const string Scheme = "Bearer ";

    /// <param name="context">The call.</param>
    /// <param name="fresh">Whether the token must be good now, and not only within the last minute.</param>
    /// <exception cref="RpcException">UNAUTHENTICATED: who the caller is was refused. UNAVAILABLE: nobody can say now; try again.</exception>
    public async Task<Caller> AuthenticateAsync(ServerCallContext context, bool fresh = false)
    {
        string? header = context.RequestHeaders.GetValue("authorization");
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Refused("the call carries no bearer token; start the proxy with --token FILE");
        try
        {
            (Caller? caller, string reason) = await reviewer.ReviewAsync(header[Scheme.Length..].Trim(), fresh, context.CancellationToken).ConfigureAwait(false);
            if (caller is not null) return caller;
            log.TokenRefused(context.Peer, reason);
            throw Refused(reason);
        }
        catch (Exception error) when (error is ApiUnreachableException or ApiStatusException)
        {
            log.ReviewFailed(context.Peer, error.Message);
            throw new RpcException(new Status(StatusCode.Unavailable, $"the token cannot be reviewed now: {error.Message}"));
        }
    }

    private static RpcException Refused(string reason) => new(new Status(StatusCode.Unauthenticated, reason));
}
