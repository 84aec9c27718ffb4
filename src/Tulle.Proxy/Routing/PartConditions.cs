using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>A condition on the path without the query.</summary>
internal sealed class PathCondition(StringMatchModel match) : ConditionModel
{
    public override bool Matches(in RequestView request) => match.Matches(request.Path);

    public override bool TryAddPathRequirements(List<PathRequirement> requirements)
    {
        if (match.ExactText is { } exact) requirements.Add(new PathRequirement(exact, IsExact: true));
        else if (match.RequiredPrefix is { } prefix) requirements.Add(new PathRequirement(prefix, IsExact: false));
        else return false;
        return true;
    }
}

/// <summary>A condition on the method.</summary>
internal sealed class MethodCondition(StringMatchModel match) : ConditionModel
{
    public override bool Matches(in RequestView request) => match.Matches(request.Method);
}

/// <summary>A condition on host[:port] as the client wrote it.</summary>
internal sealed class AuthorityCondition(StringMatchModel match) : ConditionModel
{
    public override bool Matches(in RequestView request) => match.Matches(request.Authority);
}

/// <summary>A condition on the scheme.</summary>
internal sealed class SchemeCondition(StringMatchModel match) : ConditionModel
{
    public override bool Matches(in RequestView request) => match.Matches(request.Scheme);
}
