using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Which Telemetries hold for a workload.</summary>
internal static class TelemetryScopes
{
    /// <summary>The workload's, its namespace's, the mesh's (in a root namespace): the narrowest first, in one scope the oldest.</summary>
    public static IEnumerable<Telemetry> Of(MeshSnapshot snapshot, string @namespace, IReadOnlyDictionary<string, string> labels)
    {
        IReadOnlyList<Telemetry> own = snapshot.Telemetries.GetValueOrDefault(@namespace) ?? [];
        return own.Where(telemetry => telemetry.Selector is { } selector && MtlsModes.Selects(selector, labels))
            .Concat(own.Where(telemetry => telemetry.Selector is null))
            .Concat(snapshot.Settings.RootNamespaces.SelectMany(root => snapshot.Telemetries.GetValueOrDefault(root) ?? []).Where(telemetry => telemetry.Selector is null));
    }
}
