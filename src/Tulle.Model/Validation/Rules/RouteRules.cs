namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of the routes of the Gateway API, and of Linkerd's copy of them.</summary>
internal static class RouteRules
{
    private static readonly (string Type, string Field)[] s_filters =
    [
        ("RequestHeaderModifier", "requestHeaderModifier"), ("ResponseHeaderModifier", "responseHeaderModifier"), ("RequestMirror", "requestMirror"),
        ("RequestRedirect", "requestRedirect"), ("URLRewrite", "urlRewrite"), ("CORS", "cors"), ("ExternalAuth", "externalAuth"), ("ExtensionRef", "extensionRef"),
    ];

    public static void Check(Cursor root)
    {
        foreach (Cursor hostname in root["spec"]["hostnames"].Items)
            CommonRules.CheckHost(hostname, wildcard: true);
        foreach (Cursor rule in root["spec"]["rules"].Items)
        {
            foreach (Cursor match in rule["matches"].Items)
                CheckMatch(match);
            foreach (Cursor filter in rule["filters"].Items)
                CheckFilter(filter);
            foreach (Cursor backend in rule["backendRefs"].Items)
                CheckBackend(backend);
        }
    }

    private static void CheckMatch(Cursor match)
    {
        Cursor path = match["path"];
        bool regex = path["type"].Text == "RegularExpression";
        if (regex)
            CommonRules.CheckRegex(path["value"]);
        else if (path["value"].Text is { } value && !value.StartsWith('/'))
            path["value"].Error($"\"{value}\" is not a path", "start it with '/'");
        foreach (Cursor item in match["headers"].Items.Concat(match["queryParams"].Items))
        {
            if (item["type"].Text == "RegularExpression")
                CommonRules.CheckRegex(item["value"]);
        }
    }

    private static void CheckFilter(Cursor filter)
    {
        foreach ((string type, string field) in s_filters)
        {
            bool wanted = filter["type"].Text == type;
            if (wanted && !filter[field].Exists)
                filter.Missing($"a filter of type {type} needs {field}", $"add {field}");
            else if (!wanted && filter[field].Exists)
                filter[field].Error($"does not belong to a filter of type {filter["type"].Text}", $"write type {type}, or remove it");
        }
    }

    private static void CheckBackend(Cursor backend)
    {
        if (backend["kind"].Text is null or "Service" && backend["port"].Integer is null)
            backend["port"].Missing("a Service needs a port", "add port");
        foreach (Cursor filter in backend["filters"].Items)
            CheckFilter(filter);
    }
}
