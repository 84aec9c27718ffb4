using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>A compiled condition on a request. Immutable, allocates nothing, any thread.</summary>
internal abstract class ConditionModel
{
    /// <summary>True when the request meets the condition.</summary>
    public abstract bool Matches(in RequestView request);

    /// <summary>
    /// Adds what the path must be like for the condition to match: at least one of the added requirements then holds. False,
    /// with nothing added, when it may match any path.
    /// </summary>
    public virtual bool TryAddPathRequirements(List<PathRequirement> requirements) => false;
}
