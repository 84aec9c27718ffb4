using System.Globalization;

namespace Tulle.Local.Compose;

/// <summary>Ports of this machine that the file's services ask for: each can be had once.</summary>
internal static class PublishedAddresses
{
    /// <summary>Reports addresses that are asked for twice: the second sidecar could not listen, and would be started again for ever.</summary>
    public static void Check(IReadOnlyList<ServiceConfig> services, FieldReader reader)
    {
        var takenBy = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ServiceConfig service in services)
        {
            foreach (int published in service.Ports.Select(port => port.Published).OfType<int>())
                Take(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{published}"), "ports", service, "publish one of them at another port");
            foreach (UpstreamConfig upstream in service.Upstreams)
            {
                Take(upstream.Listen, "x-tulle.upstreams", service, "write another port in one of them");
                if (service.Replicas > 1)
                {
                    reader.Error(service.Location, $"services.{service.Name}.x-tulle.upstreams", $"its {service.Replicas} replicas cannot all listen at {upstream.Listen}",
                        "run one replica, or have the program call the service by way of HTTP_PROXY");
                }
            }
        }

        void Take(string address, string field, ServiceConfig service, string remedy)
        {
            if (takenBy.TryAdd(address, service.Name)) return;
            string other = takenBy[address] == service.Name ? "twice" : $"by {takenBy[address]} as well";
            reader.Error(service.Location, $"services.{service.Name}.{field}", $"{address} is asked for {other}", remedy);
        }
    }
}
