using Tulle.Http;

namespace Tulle.Proxy.Routing;

/// <summary>True when all are; so true when there are none.</summary>
internal sealed class AllCondition(ConditionModel[] conditions) : ConditionModel
{
    public override bool Matches(in RequestView request)
    {
        foreach (ConditionModel condition in conditions)
        {
            if (!condition.Matches(request)) return false;
        }
        return true;
    }

    /// <summary>What one part requires, the whole requires.</summary>
    public override bool TryAddPathRequirements(List<PathRequirement> requirements)
    {
        foreach (ConditionModel condition in conditions)
        {
            if (condition.TryAddPathRequirements(requirements)) return true;
        }
        return false;
    }
}

/// <summary>True when one is; so false when there are none.</summary>
internal sealed class AnyCondition(ConditionModel[] conditions) : ConditionModel
{
    public override bool Matches(in RequestView request)
    {
        foreach (ConditionModel condition in conditions)
        {
            if (condition.Matches(request)) return true;
        }
        return false;
    }

    public override bool TryAddPathRequirements(List<PathRequirement> requirements)
    {
        int before = requirements.Count;
        foreach (ConditionModel condition in conditions)
        {
            if (condition.TryAddPathRequirements(requirements)) continue;
            requirements.RemoveRange(before, requirements.Count - before);
            return false;
        }
        return conditions.Length > 0;
    }
}

/// <summary>True when the other is not.</summary>
internal sealed class NotCondition(ConditionModel condition) : ConditionModel
{
    public override bool Matches(in RequestView request) => !condition.Matches(request);
}
