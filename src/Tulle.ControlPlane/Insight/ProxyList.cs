using System.Text.Json;
using Tulle.ControlPlane.Distribution;

namespace Tulle.ControlPlane.Insight;

/// <summary>The connected proxies and how far each is with what it was told, as JSON.</summary>
internal static class ProxyList
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<SessionReport> reports)
    {
        json.WriteStartArray("items");
        foreach (SessionReport report in reports.OrderBy(report => report.Namespace, StringComparer.Ordinal).ThenBy(report => report.Pod, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("namespace", report.Namespace);
            json.WriteString("pod", report.Pod);
            json.WriteString("proxyVersion", report.ProxyVersion);
            json.WriteString("connectedAt", report.ConnectedAt);
            json.WriteStartArray("resources");
            foreach (ResourceProgress resource in report.Resources)
            {
                json.WriteStartObject();
                json.WriteString("resource", resource.Resource);
                json.WriteNumber("sent", resource.Sent);
                json.WriteNumber("acknowledged", resource.Acknowledged);
                if (resource.Error.Length > 0) json.WriteString("error", resource.Error);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
