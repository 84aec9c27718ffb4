using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Local rate limits: of Linkerd's policies for what a server takes, of annotations for what a client sends on a route.</summary>
internal static class RateLimits
{
    /// <summary>The limit of the oldest policy for a Server; null when there is none.</summary>
    public static RateLimit? Of(MeshSnapshot snapshot, PolicyServer server)
    {
        RateLimitPolicy? policy = (snapshot.RateLimits.GetValueOrDefault(server.Meta.Namespace) ?? []).FirstOrDefault(candidate => candidate.Server == server.Meta.Name);
        if (policy is null) return null;
        var limit = new RateLimit { RequestsPerSecond = policy.Total ?? 0, PerIdentityPerSecond = policy.PerIdentity ?? 0 };
        foreach (IdentityLimit bound in policy.Overrides)
        {
            var rate = new IdentityRate { RequestsPerSecond = bound.Rate ?? 0 };
            rate.Identities.AddRange(bound.Clients.Select(account => Identities.Of(snapshot.Settings, account.Namespace, account.Name)));
            limit.Overrides.Add(rate);
        }
        return limit.Equals(new RateLimit()) ? null : limit;
    }

    /// <summary>The limit of a route; null when there is none.</summary>
    public static RateLimit? Of(AnnotatedLimits? limits) =>
        limits is { Rate: > 0 } ? new RateLimit { RequestsPerSecond = limits.Rate, Burst = (uint)limits.Burst } : null;
}
