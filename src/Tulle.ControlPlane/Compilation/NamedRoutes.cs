using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Names for per-route metrics, from the ServiceProfile of a service.</summary>
internal static class NamedRoutes
{
    private const int MaxStatus = 599;

    public static IEnumerable<NamedRoute> Of(ServiceProfile? profile)
    {
        foreach (ProfileRoute route in profile?.Routes ?? [])
        {
            var named = new NamedRoute { Name = route.Name, Condition = Conditions.Of(route.Condition) };
            named.ResponseClasses.AddRange(route.Responses.Select(rule => new ResponseClass { Condition = Of(rule.Condition), IsFailure = rule.IsFailure }));
            yield return named;
        }
    }

    private static ResponseClass.Types.Condition Of(ResponseCondition condition)
    {
        var compiled = new ResponseClass.Types.Condition
        {
            MinStatus = (uint)Math.Max(0, condition.MinStatus ?? 0),
            MaxStatus = (uint)Math.Max(0, condition.MaxStatus ?? (condition.MinStatus is null ? 0 : MaxStatus)),
            Not = condition.Not is { } not ? Of(not) : null,
        };
        compiled.All.AddRange(condition.All.Select(Of));
        compiled.Any.AddRange(condition.Any.Select(Of));
        return compiled;
    }
}
