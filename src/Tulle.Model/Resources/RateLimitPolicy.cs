using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>How many requests each instance of a Server takes: an HTTPLocalRateLimitPolicy of Linkerd. Rates are per second; null is no bound.</summary>
/// <param name="Server">Name of the Server, in the same namespace.</param>
/// <param name="PerIdentity">Bound of each caller's identity.</param>
public sealed record RateLimitPolicy(ObjectMeta Meta, string Server, int? Total, int? PerIdentity, IReadOnlyList<IdentityLimit> Overrides)
{
    public static RateLimitPolicy Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        ObjectMeta meta = ObjectMeta.Decode(obj);
        return new RateLimitPolicy(meta, spec.Get("targetRef").GetText("name") ?? "",
            Rate(spec.Get("total")), Rate(spec.Get("identity")), spec.GetList("overrides", node => IdentityLimit.Decode(node, meta.Namespace)));
    }

    internal static int? Rate(Node? node) => node.GetInt("requestsPerSecond") is { } rate and > 0 ? rate : null;
}

/// <summary>A bound for some service accounts.</summary>
public sealed record IdentityLimit(int? Rate, IReadOnlyList<AccountReference> Clients)
{
    internal static IdentityLimit Decode(Node node, string @namespace) => new(
        RateLimitPolicy.Rate(node),
        node.GetList("clientRefs", reference => new AccountReference(reference.GetText("namespace") is { Length: > 0 } given ? given : @namespace, reference.GetText("name") ?? "")));
}

/// <summary>Names a service account.</summary>
public sealed record AccountReference(string Namespace, string Name);
