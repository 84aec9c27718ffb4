using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

/// <summary>Endpoints and EndpointSlices: the first few addresses, and how many more.</summary>
internal static class EndpointTables
{
    private const int Shown = 3;

    public static readonly IReadOnlyList<TableColumn> Slice =
    [
        new("AddressType", (slice, _) => slice.Text("addressType") ?? ""),
        new("Ports", (slice, _) => First(slice.Objects("ports").Select(port => port.Child("port") is { } number ? number.Display() : "*"), "<unset>")),
        new("Endpoints", (slice, _) => First(slice.Objects("endpoints").SelectMany(endpoint => endpoint.Texts("addresses")), "<unset>")),
    ];

    public static string Endpoints(JsonObject endpoints) =>
        First(endpoints.Objects("subsets").SelectMany(subset =>
        {
            string[] ports = [.. subset.Objects("ports").Select(port => port.Child("port").Display())];
            return subset.Objects("addresses").SelectMany(address =>
                ports.Length == 0 ? [address.Text("ip") ?? ""] : ports.Select(port => $"{address.Text("ip")}:{port}"));
        }), "<none>");

    private static string First(IEnumerable<string> all, string none)
    {
        string[] values = [.. all];
        if (values.Length == 0) return none;
        string text = string.Join(",", values.Take(Shown));
        return values.Length > Shown ? $"{text} + {values.Length - Shown} more..." : text;
    }
}
