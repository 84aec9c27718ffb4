using Google.Protobuf.Collections;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing;

/// <summary>Which responses of a named route count as failures. Immutable; any thread.</summary>
internal sealed class ResponseClassesModel
{
    /// <summary>Deepest nesting that is taken.</summary>
    private const int MaxDepth = 32;

    // Statuses are few: the classes are worked out once for each. Index 0 is status 100.
    private readonly sbyte[] _failures;

    private ResponseClassesModel(sbyte[] failures) => _failures = failures;

    /// <summary>Whether the status counts as a failure; null when no class says so, and the default holds.</summary>
    public bool? IsFailure(int status) =>
        status is < 100 or > 999 || _failures[status - 100] < 0 ? null : _failures[status - 100] > 0;

    /// <summary>Compiles classes, the first that matches wins; both parts null when there are none.</summary>
    public static (ResponseClassesModel? Model, string? Error) Compile(RepeatedField<ResponseClass> classes)
    {
        if (classes.Count == 0) return (null, null);
        var failures = new sbyte[900];
        for (int i = 0; i < failures.Length; i++)
        {
            failures[i] = -1;
            foreach (ResponseClass candidate in classes)
            {
                if (Matches(candidate.Condition, i + 100, MaxDepth) is not { } matches)
                    return (null, $"a condition on responses is nested more than {MaxDepth} levels deep");
                if (!matches) continue;
                failures[i] = candidate.IsFailure ? (sbyte)1 : (sbyte)0;
                break;
            }
        }
        return (new ResponseClassesModel(failures), null);
    }

    /// <summary>Whether the condition holds; null when it is nested too deeply. What is given must all hold.</summary>
    private static bool? Matches(ResponseClass.Types.Condition? condition, int status, int depth)
    {
        if (condition is null) return true;
        if (depth == 0) return null;
        bool holds = true;
        if (condition.MinStatus != 0 || condition.MaxStatus != 0)
            holds = status >= condition.MinStatus && (condition.MaxStatus == 0 || status <= condition.MaxStatus);
        foreach (ResponseClass.Types.Condition part in condition.All)
        {
            if (Matches(part, status, depth - 1) is not { } matches) return null;
            holds &= matches;
        }
        bool any = condition.Any.Count == 0;
        foreach (ResponseClass.Types.Condition part in condition.Any)
        {
            if (Matches(part, status, depth - 1) is not { } matches) return null;
            any |= matches;
        }
        if (condition.Not is null) return holds && any;
        return Matches(condition.Not, status, depth - 1) is { } not ? holds && any && !not : null;
    }
}
