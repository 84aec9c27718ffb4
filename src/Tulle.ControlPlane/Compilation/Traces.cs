using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// How a workload's traces are made. For each setting, the narrowest Telemetry that names it for a side decides; what none names is as
/// the mesh's own settings say.
/// </summary>
internal static class Traces
{
    /// <summary>For requests that a client sends; null: as its proxy does by itself.</summary>
    public static Tracing? Outbound(MeshSnapshot snapshot, Client client) => Of(snapshot, client.Namespace, client.Labels, tracing => tracing.Clients);

    /// <summary>For requests that a pod receives; null: as its proxy does by itself.</summary>
    public static Tracing? Inbound(MeshSnapshot snapshot, Pod pod) => Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels, tracing => tracing.Servers);

    private static Tracing? Of(MeshSnapshot snapshot, string @namespace, IReadOnlyDictionary<string, string> labels, Func<TracingSettings, bool> side)
    {
        TracingSettings[] settings = [.. TelemetryScopes.Of(snapshot, @namespace, labels).SelectMany(telemetry => telemetry.Tracing.Where(side).Reverse())];
        double? percentage = settings.Select(tracing => tracing.SamplingPercentage).FirstOrDefault(value => value is not null);
        uint? share = percentage is null ? snapshot.Settings.TraceSamplingPpm : (uint)Math.Round(percentage.Value * 10_000);
        bool? silences = settings.Select(tracing => tracing.SilencesSpans).FirstOrDefault(value => value is not null);
        IReadOnlyList<CustomTag>? tags = settings.Select(tracing => tracing.Tags).FirstOrDefault(value => value is not null);
        if (share is null && silences is null && tags is null) return null;

        var result = new Tracing { SilencesSpans = silences ?? false };
        if (share is { } ppm) result.SamplingPpm = ppm;
        result.Tags.AddRange((tags ?? []).Select(tag => new TracingTag { Name = tag.Name, Value = tag.Value, Header = tag.Header }));
        return result;
    }
}
