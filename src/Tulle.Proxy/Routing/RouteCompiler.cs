using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing.Actions;

namespace Tulle.Proxy.Routing;

/// <summary>Compiles a route against the backends it refers to by name.</summary>
internal static class RouteCompiler
{
    public static (RouteModel? Model, string? Error) Compile(Route route, IReadOnlyDictionary<string, int> backends)
    {
        (ConditionModel? condition, string? error) = ConditionCompiler.Compile(route.Condition);
        HeaderEditsModel? request = Take(ref error, () => HeaderEditsModel.Compile(route.RequestHeaders, isRequest: true));
        HeaderEditsModel? response = Take(ref error, () => HeaderEditsModel.Compile(route.ResponseHeaders, isRequest: false));
        RedirectModel? redirect = route.Redirect is null ? null : Take(ref error, () => RedirectModel.Compile(route.Redirect));
        DirectResponseModel? direct = route.DirectResponse is null ? null : Take(ref error, () => DirectResponseModel.Compile(route.DirectResponse));
        RewriteModel? rewrite = route.Rewrite is null ? null : Take(ref error, () => RewriteModel.Compile(route.Rewrite));
        CorsModel? cors = route.Cors is null ? null : Take(ref error, () => CorsModel.Compile(route.Cors));
        FaultModel? fault = route.Fault is null ? null : Take(ref error, () => FaultModel.Compile(route.Fault));
        MirrorModel[]? mirrors = Take(ref error, () => CompileMirrors(route, backends));
        ShareModel[]? shares = Take(ref error, () => CompileShares(route, backends, request!, response!));
        RoutePolicyModel? policy = Take(ref error, () => RoutePolicyModel.Compile(route.Timeouts, route.Retries, route.RateLimit));
        if (route.UnmatchedStatus is not 0 and (< 200 or > 599)) error ??= $"unmatched_status {route.UnmatchedStatus} is not between 200 and 599";
        if (error is not null) return (null, error);

        return (new RouteModel(route.Name, condition, shares!)
        {
            Policy = policy!,
            Redirect = redirect,
            DirectResponse = direct,
            Rewrite = rewrite,
            Cors = cors,
            Fault = fault,
            Mirrors = mirrors!,
            RuleEdits = new EditsModel(request!, response!, HeaderEditsModel.None, HeaderEditsModel.None),
            Unmatched = Unmatched((int)route.UnmatchedStatus),
        }, null);
    }

    private static LocalAnswer Unmatched(int status)
    {
        MeshErrorModel error = MeshErrors.Of(status == 404 ? MeshError.NoRoute : MeshError.NoBackend);
        return status is 0 or 404 or 503 ? error.Answer : error.AnswerOf(status, error.Text, close: false);
    }

    /// <summary>The first error counts; what comes behind it is not compiled.</summary>
    private static T? Take<T>(ref string? error, Func<(T? Model, string? Error)> compile) where T : class
    {
        if (error is not null) return null;
        (T? model, error) = compile();
        return model;
    }

    private static (MirrorModel[]? Models, string? Error) CompileMirrors(Route route, IReadOnlyDictionary<string, int> backends)
    {
        var mirrors = new List<MirrorModel>(route.Mirrors.Count);
        foreach (Mirror mirror in route.Mirrors)
        {
            (MirrorModel? model, string? error) = MirrorModel.Compile(mirror, backends);
            if (model is null) return (null, error);
            if (mirror.Ppm > 0) mirrors.Add(model);
        }
        if (mirrors.Count > RouteModel.MaxMirrors) return (null, $"there are more than {RouteModel.MaxMirrors} mirrors");
        return ([.. mirrors], null);
    }

    private static (ShareModel[]? Shares, string? Error) CompileShares(
        Route route, IReadOnlyDictionary<string, int> backends, HeaderEditsModel ruleRequest, HeaderEditsModel ruleResponse)
    {
        var shares = new List<ShareModel>(route.Backends.Count);
        ulong sum = 0;
        foreach (WeightedBackend share in route.Backends)
        {
            if (!backends.TryGetValue(share.Backend, out int index)) return (null, $"backend \"{share.Backend}\" is not among the destination's backends");
            // A single backend takes everything whatever its weight; among several, weight 0 means never.
            if (share.Weight == 0 && route.Backends.Count > 1) continue;
            (HeaderEditsModel? request, string? requestError) = HeaderEditsModel.Compile(share.RequestHeaders, isRequest: true);
            if (request is null) return (null, requestError);
            (HeaderEditsModel? response, string? responseError) = HeaderEditsModel.Compile(share.ResponseHeaders, isRequest: false);
            if (response is null) return (null, responseError);
            sum += share.Weight;
            shares.Add(new ShareModel(index, (uint)Math.Min(sum, uint.MaxValue), new EditsModel(ruleRequest, ruleResponse, request, response)));
        }
        if (sum > uint.MaxValue) return (null, "the weights add up to more than 4294967295");
        if (route.Backends.Count > 1 && sum == 0) return (null, "the weights of several backends add up to 0");
        return ([.. shares], null);
    }
}
