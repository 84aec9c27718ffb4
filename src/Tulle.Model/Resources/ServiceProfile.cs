using Tulle.Model.Documents;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Routes of a service (linkerd.md §2). The object's name is the service's fully qualified name.</summary>
public sealed record ServiceProfile(ObjectMeta Meta, IReadOnlyList<ProfileRoute> Routes)
{
    /// <summary>Null for the default one.</summary>
    public ProfileBudget? RetryBudget { get; init; }

    /// <summary>Services that the traffic is shared among; empty for the service itself.</summary>
    public IReadOnlyList<AuthorityShare> Overrides { get; init; } = [];

    /// <summary>Ports whose protocol is not looked at, as ranges.</summary>
    public IReadOnlyList<PortRange> OpaquePorts { get; init; } = [];

    /// <summary>Whether it says more than how requests are named.</summary>
    public bool HasPolicy => RetryBudget is not null || Overrides.Count > 0 || Routes.Any(route => route.HasPolicy);

    public static ServiceProfile Decode(MappingNode obj)
    {
        Node? spec = obj["spec"];
        return new ServiceProfile(ObjectMeta.Decode(obj), spec.GetList("routes", ProfileRoute.Decode))
        {
            RetryBudget = ProfileBudget.Decode(spec.Get("retryBudget")),
            Overrides = AuthorityShare.DecodeAll(spec),
            OpaquePorts = [.. spec.GetTexts("opaquePorts").Select(PortRange.Parse).OfType<PortRange>()],
        };
    }
}

/// <summary>A route: a name for the requests that meet its condition, and how they are treated.</summary>
public sealed record ProfileRoute(string Name, RequestCondition Condition)
{
    /// <summary>Whether requests may be sent again; null when not said.</summary>
    public bool? IsRetryable { get; init; }

    /// <summary>Tries beyond the first at most; null when not said.</summary>
    public int? RetryLimit { get; init; }

    /// <summary>Time for a request with all its tries; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Which responses are failures; the first that matches decides.</summary>
    public IReadOnlyList<ResponseRule> Responses { get; init; } = [];

    /// <summary>A limit of retries asks for retries, unless the route also says that it is not retryable.</summary>
    public bool Retries => IsRetryable ?? RetryLimit > 0;

    public bool HasPolicy => Retries || Timeout > TimeSpan.Zero;

    internal static ProfileRoute Decode(MappingNode node) => new(node.GetText("name") ?? "", RequestCondition.Decode(node["condition"] as MappingNode))
    {
        IsRetryable = node.GetFlag("isRetryable"),
        RetryLimit = node.Get("retries").GetInt("limit"),
        Timeout = node.GetDuration("timeout"),
        Responses = node.GetList("responseClasses", ResponseRule.Decode),
    };
}

/// <summary>Conditions on a request; those given must all hold.</summary>
/// <param name="Method">Method, exactly.</param>
/// <param name="PathRegex">Regular expression that the whole path matches.</param>
/// <param name="All">Conditions that must all hold; empty for none.</param>
/// <param name="Any">Conditions of which one must hold; empty for none.</param>
/// <param name="Not">A condition that must not hold.</param>
public sealed record RequestCondition(
    string? Method, string? PathRegex, IReadOnlyList<RequestCondition> All, IReadOnlyList<RequestCondition> Any, RequestCondition? Not)
{
    internal static RequestCondition Decode(MappingNode? node) => new(
        node.GetText("method"), node.GetText("pathRegex"), node.GetList("all", Decode), node.GetList("any", Decode),
        node.Get("not") is MappingNode inner ? Decode(inner) : null);
}

/// <summary>Whether responses that meet a condition are failures.</summary>
public sealed record ResponseRule(ResponseCondition Condition, bool IsFailure)
{
    internal static ResponseRule Decode(MappingNode node) => new(ResponseCondition.Decode(node["condition"] as MappingNode), node.GetFlag("isFailure") ?? false);
}

/// <summary>Conditions on a response; those given must all hold.</summary>
/// <param name="MinStatus">Lowest status; null for no bound.</param>
/// <param name="MaxStatus">Highest status; null for no bound.</param>
public sealed record ResponseCondition(
    int? MinStatus, int? MaxStatus, IReadOnlyList<ResponseCondition> All, IReadOnlyList<ResponseCondition> Any, ResponseCondition? Not)
{
    public bool Matches(int status) =>
        status >= (MinStatus ?? int.MinValue) && status <= (MaxStatus ?? int.MaxValue)
        && All.All(condition => condition.Matches(status)) && (Any.Count == 0 || Any.Any(condition => condition.Matches(status)))
        && (Not is null || !Not.Matches(status));

    internal static ResponseCondition Decode(MappingNode? node) => new(
        node.Get("status").GetInt("min"), node.Get("status").GetInt("max"), node.GetList("all", Decode), node.GetList("any", Decode),
        node.Get("not") is MappingNode inner ? Decode(inner) : null);
}

/// <summary>Retries of all routes in proportion to requests.</summary>
public sealed record ProfileBudget(double RetryRatio, int MinRetriesPerSecond, TimeSpan Ttl)
{
    internal static ProfileBudget? Decode(Node? node) => node is not MappingNode
        ? null
        : new ProfileBudget(Math.Max(0, node.GetNumber("retryRatio") ?? 0), Math.Max(0, node.GetInt("minRetriesPerSecond") ?? 0), node.GetDuration("ttl") ?? TimeSpan.Zero);
}

/// <summary>A service as <c>host:port</c> and its share, relative to the sum of the weights.</summary>
public sealed record AuthorityShare(string Authority, uint Weight)
{
    internal static IReadOnlyList<AuthorityShare> DecodeAll(Node? spec)
    {
        IReadOnlyList<string> authorities = spec.GetList("dstOverrides", node => node.GetText("authority") ?? "");
        IReadOnlyList<uint> shares = Quantities.Shares(spec.GetList("dstOverrides", node => node.GetText("weight")));
        return [.. authorities.Select((authority, index) => new AuthorityShare(authority, shares[index]))];
    }
}
