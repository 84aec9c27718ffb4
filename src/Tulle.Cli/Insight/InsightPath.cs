using System.Text;

namespace Tulle.Cli.Insight;

/// <summary>Addresses of the insight API: golden metrics and tap.</summary>
internal static class InsightPath
{
    private const string Root = "/apis/insight.tulle.dev/v1";

    /// <summary>The connected proxies and how far each is with its configuration.</summary>
    public const string Proxies = $"{Root}/proxies";

    /// <param name="namespace">Null for all namespaces.</param>
    /// <param name="plural"><c>deployments</c>, <c>pods</c>, <c>services</c> or <c>namespaces</c>.</param>
    /// <param name="name">Null for all of them.</param>
    /// <param name="query">Parameters; those without a value are left out.</param>
    public static string Stat(string? @namespace, string plural, string? name, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        string scope = @namespace is null || plural == "namespaces" ? "" : $"/namespaces/{Uri.EscapeDataString(@namespace)}";
        string one = name is null ? "" : $"/{Uri.EscapeDataString(name)}";
        return $"{Root}{scope}/stat/{plural}{one}{Query(query)}";
    }

    /// <param name="list"><c>edges</c> or <c>routes</c>.</param>
    /// <param name="namespace">Null for all namespaces.</param>
    /// <param name="target">What they have to do with; null for everything.</param>
    /// <param name="query">Parameters; those without a value are left out.</param>
    public static string Traffic(string list, string? @namespace, WorkloadName? target, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        string scope = @namespace is null || target is { Plural: "namespaces" } ? "" : $"/namespaces/{Uri.EscapeDataString(@namespace)}";
        string what = target is not { } workload ? "" : workload.Name is null ? $"/{workload.Plural}" : $"/{workload.Plural}/{Uri.EscapeDataString(workload.Name)}";
        return $"{Root}{scope}/{list}{what}{Query(query)}";
    }

    /// <param name="list"><c>diagnose</c> or <c>endpoints</c>.</param>
    public static string One(string list, string @namespace, WorkloadName target, params ReadOnlySpan<(string Name, string? Value)> query) =>
        $"{Root}/namespaces/{Uri.EscapeDataString(@namespace)}/{list}/{target.Plural}/{Uri.EscapeDataString(target.Name!)}{Query(query)}";

    public static string Tap(string @namespace, string plural, string name, params ReadOnlySpan<(string Name, string? Value)> query) =>
        $"{Root}/namespaces/{Uri.EscapeDataString(@namespace)}/tap/{plural}/{Uri.EscapeDataString(name)}{Query(query)}";

    /// <summary>The traces that are kept.</summary>
    public static string Traces(string? @namespace, params ReadOnlySpan<(string Name, string? Value)> query) =>
        $"{Root}{(@namespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(@namespace)}")}/traces{Query(query)}";

    /// <summary>One trace with all its spans.</summary>
    public static string Trace(string id) => $"{Root}/traces/{Uri.EscapeDataString(id)}";

    private static string Query(ReadOnlySpan<(string Name, string? Value)> query)
    {
        StringBuilder text = new();
        foreach ((string name, string? value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
        return text.ToString();
    }
}
