using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

internal static class ServiceTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        new("Type", (service, _) => service.Text("spec", "type") ?? "ClusterIP"),
        new("Cluster-IP", (service, _) => service.Text("spec", "clusterIP") is { Length: > 0 } ip ? ip : "<none>"),
        new("External-IP", (service, _) => External(service)),
        new("Port(s)", (service, _) => Ports(service)),
        new("Age", (service, now) => Durations.Age(service, now, "metadata", "creationTimestamp")),
        new("Selector", (service, _) => CoreTables.Labels(service.At("spec", "selector")), Priority: 1),
    ];

    private static string External(JsonObject service)
    {
        string[] addresses =
        [
            .. service.Objects("status", "loadBalancer", "ingress").Select(i => i.Text("ip") ?? i.Text("hostname")).OfType<string>(),
            .. service.Texts("spec", "externalIPs"),
        ];
        if (addresses.Length > 0) return string.Join(",", addresses);
        return service.Text("spec", "type") switch
        {
            "ExternalName" => service.Text("spec", "externalName") ?? "<none>",
            "LoadBalancer" => "<pending>",
            _ => "<none>",
        };
    }

    private static string Ports(JsonObject service)
    {
        string text = string.Join(",", service.Objects("spec", "ports").Select(port =>
        {
            string node = port.Number("nodePort") is { } number and not 0 ? $":{number}" : "";
            return $"{port.Child("port").Display()}{node}/{port.Text("protocol") ?? "TCP"}";
        }));
        return text.Length == 0 ? "<none>" : text;
    }
}
