using Tulle.Http;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>
/// What a route does to the heads of requests to one of its backends and of their responses: the operations of the
/// destination, then those of the rule, which so has the last word (Envoy's order). Immutable; any thread.
/// </summary>
internal sealed class EditsModel
{
    public EditsModel(HeaderEditsModel ruleRequest, HeaderEditsModel ruleResponse, HeaderEditsModel request, HeaderEditsModel response)
    {
        Request = Join(request, ruleRequest);
        Response = Join(response, ruleResponse);
        Authority = ruleRequest.Authority.Length > 0 ? ruleRequest.Authority : request.Authority;
    }

    /// <summary>Changes nothing.</summary>
    public static EditsModel None { get; } = new(HeaderEditsModel.None, HeaderEditsModel.None, HeaderEditsModel.None, HeaderEditsModel.None);

    /// <summary>In the order of application; empty for none.</summary>
    public FieldEdits[] Request { get; }

    /// <inheritdoc cref="Request"/>
    public FieldEdits[] Response { get; }

    /// <summary>Replaces the authority; empty keeps it.</summary>
    public byte[] Authority { get; }

    private static FieldEdits[] Join(HeaderEditsModel destination, HeaderEditsModel rule)
    {
        var parts = new List<FieldEdits>();
        if (destination.Fields is { } first) parts.Add(first);
        if (rule.Fields is { } last) parts.Add(last);
        return [.. parts];
    }
}
