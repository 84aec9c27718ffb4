using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// Which accesses a workload logs. The narrowest Telemetry that says something of a side decides: the workload's, its
/// namespace's, the mesh's (in a root namespace); in one scope the oldest. Nothing is logged by default.
/// </summary>
internal static class AccessLogs
{
    /// <summary>Linkerd's, on a Pod or a Namespace; it is about requests received and wins over Telemetry there.</summary>
    public const string Annotation = "config.linkerd.io/access-log";

    /// <summary>The Common Log Format of the Apache HTTP server; the user is the verified identity of the caller.</summary>
    private const string CommonLogFormat =
        "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% - %DOWNSTREAM_PEER_URI_SAN% [%START_TIME(%d/%b/%Y:%H:%M:%S %z)%] "
        + "\"%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %BYTES_SENT%";

    /// <summary>For requests that a client sends; null for none.</summary>
    public static AccessLog? Outbound(MeshSnapshot snapshot, Client client) =>
        Of(snapshot, client.Namespace, client.Labels, logging => logging.Clients);

    /// <summary>For requests that a pod receives; null for none.</summary>
    public static AccessLog? Inbound(MeshSnapshot snapshot, Pod pod)
    {
        string? annotated = pod.Meta.Annotations.GetValueOrDefault(Annotation)
            ?? snapshot.Namespaces.GetValueOrDefault(pod.Meta.Namespace)?.Meta.Annotations.GetValueOrDefault(Annotation);
        return annotated switch
        {
            "json" => new AccessLog { Enabled = true, Json = true },
            "apache" => new AccessLog { Enabled = true, Format = CommonLogFormat },
            _ => Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels, logging => logging.Servers),
        };
    }

    private static AccessLog? Of(MeshSnapshot snapshot, string @namespace, IReadOnlyDictionary<string, string> labels, Func<AccessLogging, bool> side)
    {
        AccessLogging? decisive = TelemetryScopes.Of(snapshot, @namespace, labels).Select(telemetry => telemetry.AccessLogging.LastOrDefault(side)).FirstOrDefault(logging => logging is not null);
        return decisive is { Enabled: true } ? new AccessLog { Enabled = true, Json = decisive.Json } : null;
    }
}
