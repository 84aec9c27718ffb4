using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing.Actions;

namespace Tulle.Proxy.Routing;

/// <summary>What happens to matching requests. Immutable; any thread.</summary>
internal sealed class RouteModel
{
    /// <summary>Most mirrors of a route.</summary>
    public const int MaxMirrors = 16;

    private readonly ShareModel[] _shares;

    internal RouteModel(string name, ConditionModel? condition, ShareModel[] shares)
    {
        Name = name;
        Condition = condition;
        _shares = shares;
    }

    /// <summary>"&lt;kind&gt;/&lt;namespace&gt;/&lt;name&gt;[#rule]" or "default".</summary>
    public string Name { get; }

    /// <summary>Null matches everything.</summary>
    public ConditionModel? Condition { get; }

    /// <summary>Timeouts, retries and rate.</summary>
    public RoutePolicyModel Policy { get; init; } = RoutePolicyModel.Default;

    /// <summary>Instead of backends; null for none.</summary>
    public RedirectModel? Redirect { get; init; }

    /// <inheritdoc cref="Redirect"/>
    public DirectResponseModel? DirectResponse { get; init; }

    /// <summary>Null changes neither path nor authority.</summary>
    public RewriteModel? Rewrite { get; init; }

    public CorsModel? Cors { get; init; }

    public FaultModel? Fault { get; init; }

    public MirrorModel[] Mirrors { get; init; } = [];

    /// <summary>What the rule does to responses that it makes itself.</summary>
    public EditsModel RuleEdits { get; init; } = EditsModel.None;

    /// <summary>Answer of a route that leads nowhere: 404 where the rules of an authority match nothing, else 503.</summary>
    public LocalAnswer Unmatched { get; init; } = MeshErrors.Of(MeshError.NoBackend).Answer;

    /// <summary>Something is to be done with requests before they are forwarded, so that plain routes pay for none of it.</summary>
    public bool HasFilters => Redirect is not null || DirectResponse is not null || Cors is not null || Fault is not null;

    /// <summary>A backend chosen by weight; null when the route has none.</summary>
    public ShareModel? PickShare(IRandomSource random)
    {
        if (_shares.Length <= 1) return _shares.Length == 0 ? null : _shares[0];
        uint ticket = random.Below(_shares[^1].Cumulative);
        int i = 0;
        while (_shares[i].Cumulative <= ticket) i++;
        return _shares[i];
    }

    /// <summary>Index in <see cref="DestinationModel.Backends"/> of a backend chosen by weight; -1 when the route has none.</summary>
    public int PickBackend(IRandomSource random) => PickShare(random)?.Backend ?? -1;
}

/// <summary>A backend's share of a route. Immutable; any thread.</summary>
/// <param name="Backend">Index in <see cref="DestinationModel.Backends"/>.</param>
/// <param name="Cumulative">The sum of the weights up to and with this one, so that a pick is one random number and a short walk.</param>
/// <param name="Edits">What changes in requests to it and in their responses.</param>
internal sealed record ShareModel(int Backend, uint Cumulative, EditsModel Edits);
