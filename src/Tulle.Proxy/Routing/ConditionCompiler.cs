using System.Text;
using Google.Protobuf.Collections;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing;

/// <summary>Compiles conditions. Errors are data: a refused condition leaves the last good configuration in force.</summary>
internal static class ConditionCompiler
{
    /// <summary>Deepest nesting that is taken, so that matching never runs out of stack.</summary>
    private const int MaxDepth = 32;

    /// <summary>Compiles a condition; both parts are null when there is none, which matches everything.</summary>
    public static (ConditionModel? Model, string? Error) Compile(Condition? condition) =>
        condition is null ? (null, null) : Compile(condition, MaxDepth);

    private static (ConditionModel? Model, string? Error) Compile(Condition condition, int depth)
    {
        if (depth == 0) return (null, $"a condition is nested more than {MaxDepth} levels deep");
        return condition.ConditionCase switch
        {
            Condition.ConditionOneofCase.All => CompileList(condition.All.Conditions, depth, static list => new AllCondition(list)),
            Condition.ConditionOneofCase.Any => CompileList(condition.Any.Conditions, depth, static list => new AnyCondition(list)),
            Condition.ConditionOneofCase.Not => CompileNot(condition.Not, depth),
            Condition.ConditionOneofCase.Path => CompilePart("path", condition.Path, static match => new PathCondition(match)),
            Condition.ConditionOneofCase.Method => CompilePart("method", condition.Method, static match => new MethodCondition(match)),
            Condition.ConditionOneofCase.Authority => CompilePart("authority", condition.Authority, static match => new AuthorityCondition(match)),
            Condition.ConditionOneofCase.Scheme => CompilePart("scheme", condition.Scheme, static match => new SchemeCondition(match)),
            Condition.ConditionOneofCase.Header => CompileNamed("header", condition.Header, static (name, match) => new HeaderCondition(name, match)),
            Condition.ConditionOneofCase.Query => CompileNamed("query parameter", condition.Query, static (name, match) => new QueryCondition(name, match)),
            _ => (null, "a condition is of a kind that this proxy does not know; it may be older than the control plane"),
        };
    }

    private static (ConditionModel? Model, string? Error) CompileList(
        RepeatedField<Condition> conditions, int depth, Func<ConditionModel[], ConditionModel> make)
    {
        var compiled = new ConditionModel[conditions.Count];
        for (int i = 0; i < compiled.Length; i++)
        {
            (ConditionModel? model, string? error) = Compile(conditions[i], depth - 1);
            if (model is null) return (null, error);
            compiled[i] = model;
        }
        return (compiled.Length == 1 ? compiled[0] : make(compiled), null);
    }

    private static (ConditionModel? Model, string? Error) CompileNot(Condition inner, int depth)
    {
        (ConditionModel? model, string? error) = Compile(inner, depth - 1);
        return model is null ? (null, error) : (new NotCondition(model), null);
    }

    private static (ConditionModel? Model, string? Error) CompilePart(string part, StringMatch match, Func<StringMatchModel, ConditionModel> make)
    {
        (StringMatchModel? model, string? error) = StringMatchModel.Compile(match);
        return model is null ? (null, $"{part}: {error}") : (make(model), null);
    }

    private static (ConditionModel? Model, string? Error) CompileNamed(
        string part, HeaderMatch match, Func<byte[], StringMatchModel, ConditionModel> make)
    {
        if (match.Name.Length == 0) return (null, $"{part}: the name is empty");
        (StringMatchModel? model, string? error) = StringMatchModel.Compile(match.Value);
        return model is null ? (null, $"{part} \"{match.Name}\": {error}") : (make(Encoding.UTF8.GetBytes(match.Name), model), null);
    }
}
