using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>How an endpoint is chosen, when not by a hash.</summary>
public enum SimpleBalancing
{
    /// <summary>Tulle's own way.</summary>
    Unspecified,

    /// <summary>LEAST_REQUEST and its old name LEAST_CONN.</summary>
    LeastRequest,
    RoundRobin,
    Random,

    /// <summary>The address that the client asked for.</summary>
    Passthrough,
}

/// <summary>How endpoints are chosen.</summary>
/// <param name="Hash">Null unless requests with one key go to one endpoint.</param>
/// <param name="Locality">Null when nothing is said of localities.</param>
/// <param name="WarmUp">Null when new endpoints get their full share at once.</param>
public sealed record LoadBalancerSettings(SimpleBalancing Simple, ConsistentHash? Hash, LocalitySettings? Locality, WarmUp? WarmUp)
{
    internal static LoadBalancerSettings? Decode(Node? node) => node is not MappingNode ? null : new LoadBalancerSettings(
        node.GetText("simple") switch
        {
            "LEAST_REQUEST" or "LEAST_CONN" => SimpleBalancing.LeastRequest,
            "ROUND_ROBIN" => SimpleBalancing.RoundRobin,
            "RANDOM" => SimpleBalancing.Random,
            "PASSTHROUGH" => SimpleBalancing.Passthrough,
            _ => SimpleBalancing.Unspecified,
        },
        ConsistentHash.Decode(node.Get("consistentHash")), LocalitySettings.Decode(node.Get("localityLbSetting")), WarmUp.Decode(node));
}

/// <summary>Sends requests with the same key to the same endpoint. One of the keys is set.</summary>
/// <param name="Header">Key: a request header, in lower case.</param>
/// <param name="Query">Key: a query parameter.</param>
/// <param name="Cookie">Key: a cookie.</param>
/// <param name="SourceAddress">Key: the caller's address.</param>
/// <param name="Maglev">Whether hashing is Maglev's rather than on a ring.</param>
/// <param name="TableSize">Size of Maglev's table, or least size of the ring.</param>
public sealed record ConsistentHash(string? Header, string? Query, HashCookieSettings? Cookie, bool SourceAddress, bool Maglev, long TableSize)
{
    /// <summary>istio.md §1.6.</summary>
    public const long DefaultRingSize = 1024;

    /// <summary>istio.md §1.6.</summary>
    public const long DefaultMaglevSize = 65537;

    internal static ConsistentHash? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        bool maglev = node.Get("maglev") is MappingNode;
        long size = maglev
            ? node.Get("maglev").GetInteger("tableSize") ?? 0
            : node.Get("ringHash").GetInteger("minimumRingSize") ?? node.GetInteger("minimumRingSize") ?? 0;
        return new ConsistentHash(node.GetText("httpHeaderName")?.ToLowerInvariant(), node.GetText("httpQueryParameterName"),
            HashCookieSettings.Decode(node.Get("httpCookie")), node.GetFlag("useSourceIp") ?? false, maglev, size > 0 ? size : maglev ? DefaultMaglevSize : DefaultRingSize);
    }
}

/// <summary>A cookie as the key of a hash.</summary>
/// <param name="Ttl">Lifetime of the cookie that is made when a request has none, zero for the session; null makes none.</param>
public sealed record HashCookieSettings(string Name, string Path, TimeSpan? Ttl, IReadOnlyList<KeyValuePair<string, string>> Attributes)
{
    internal static HashCookieSettings? Decode(Node? node) => node is not MappingNode ? null : new HashCookieSettings(
        node.GetText("name") ?? "", node.GetText("path") ?? "", node.GetDuration("ttl"),
        node.GetList("attributes", item => KeyValuePair.Create(item.GetText("name") ?? "", item.GetText("value") ?? "")));
}

/// <summary>How a new endpoint gets more traffic step by step.</summary>
public sealed record WarmUp(TimeSpan Duration, int MinimumPercent, double Aggression)
{
    /// <summary>istio.md §1.6.</summary>
    public const int DefaultMinimumPercent = 10;

    internal static WarmUp? Decode(Node? balancer)
    {
        Node? node = balancer.Get("warmup");
        return (node.GetDuration("duration") ?? balancer.GetDuration("warmupDurationSecs")) is not { } duration || duration == TimeSpan.Zero
            ? null
            : new WarmUp(duration, (int)Math.Round(node.GetNumber("minimumPercent") ?? DefaultMinimumPercent), node.GetNumber("aggression") ?? 1);
    }
}
