using Google.Protobuf.Collections;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing;

/// <summary>The named routes of a service: which name a request counts under. Immutable; any thread.</summary>
internal sealed class RouteNamesModel
{
    private readonly string[] _names;
    private readonly RouteTable _table;
    private readonly ResponseClassesModel?[] _classes;

    private RouteNamesModel(string[] names, RouteTable table, ResponseClassesModel?[] classes)
    {
        _names = names;
        _table = table;
        _classes = classes;
    }

    /// <summary>No named routes.</summary>
    public static RouteNamesModel Empty { get; } = new([], new RouteTable([]), []);

    /// <summary>The names, in the order of their indexes.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Index of the first route that the request matches; -1 when none does.</summary>
    public int Find(in RequestView request) => _names.Length == 0 ? -1 : _table.Find(request);

    /// <summary>Whether a response of the route counts as a failure: as its classes say, else from 500 on.</summary>
    /// <param name="index">Of the route; -1 for none. One of an earlier model is taken for none.</param>
    public bool IsFailure(int index, int status) =>
        ((uint)index < (uint)_classes.Length ? _classes[index]?.IsFailure(status) : null) ?? status >= 500;

    /// <summary>Compiles named routes; an error names the route and what is wrong.</summary>
    public static (RouteNamesModel? Model, string? Error) Compile(RepeatedField<NamedRoute> routes)
    {
        if (routes.Count == 0) return (Empty, null);
        var names = new string[routes.Count];
        var conditions = new ConditionModel?[routes.Count];
        var classes = new ResponseClassesModel?[routes.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = routes[i].Name;
            (conditions[i], string? error) = ConditionCompiler.Compile(routes[i].Condition);
            if (error is null) (classes[i], error) = ResponseClassesModel.Compile(routes[i].ResponseClasses);
            if (error is not null) return (null, $"named route \"{names[i]}\": {error}");
        }
        return (new RouteNamesModel(names, new RouteTable(conditions), classes), null);
    }
}
