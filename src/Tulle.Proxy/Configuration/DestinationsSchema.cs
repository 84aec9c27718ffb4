using Tulle.Protocol;
using static Tulle.Proxy.Configuration.JsonFields;

namespace Tulle.Proxy.Configuration;

/// <summary>
/// The messages of <c>discovery.proto</c> as a standalone proxy's file has them, one row per field; those of <c>traffic.proto</c> are
/// <see cref="RouteSchema"/>'s and <see cref="BackendSchema"/>'s. A test holds them against the messages' descriptors, so a new field cannot be forgotten.
/// </summary>
/// <remarks>
/// Not protobuf's own JSON mapping: its parser works by reflection over descriptors, which would keep every property of every message in
/// the executable, and it reports mistakes one at a time, without a line.
/// </remarks>
internal static class DestinationsSchema
{
    /// <summary>In a port's mode: what the policy says for all ports.</summary>
    public const int InheritedMode = 99;

    public static JsonMessage File { get; } = new(
        Messages("destinations", 1, () => Destination!),
        Message("inbound", 2, () => Inbound!));

    public static JsonMessage Destination { get; } = new(
        Text("authority", 1),
        Choice("protocol", 4, TrafficNames.Protocols),
        Message("service", 5, () => Service!),
        Messages("routes", 6, () => RouteSchema.Route),
        Messages("backends", 7, () => BackendSchema.Backend),
        Messages("namedRoutes", 8, () => RouteSchema.NamedRoute),
        Message("retryBudget", 9, () => RetryBudget!),
        Message("accessLog", 10, () => AccessLog!),
        Messages("connectionRoutes", 11, () => ConnectionRoute!),
        Message("tracing", 12, () => Tracing!));

    public static JsonMessage ConnectionRoute { get; } = new(
        Text("name", 1),
        LowerText("serverNames", 2) with { IsList = true },
        Messages("backends", 3, () => RouteSchema.WeightedBackend));

    public static JsonMessage RetryBudget { get; } = new(Number("ratioPpm", 1), Number("minPerSecond", 2), Milliseconds("ttlMs", 3));

    public static JsonMessage Service { get; } = new(Text("namespace", 1), Text("name", 2), Number("port", 3, 65535) with { Default = 80 });

    public static JsonMessage AccessLog { get; } = new(Boolean("enabled", 1) with { Default = 1 }, Boolean("json", 2), Text("format", 3));

    public static JsonMessage Tracing { get; } = new(
        Number("samplingPpm", 1, 1_000_000),
        Boolean("silencesSpans", 2),
        Messages("tags", 3, () => TracingTag!));

    public static JsonMessage TracingTag { get; } = new(Text("name", 1), Text("value", 2), LowerText("header", 3));

    public static JsonMessage Inbound { get; } = new(
        Choice("defaultMode", 2, TrafficNames.MtlsModes),
        Messages("ports", 3, () => InboundPort!),
        Text("workload", 4));

    public static JsonMessage InboundPort { get; } = new(
        Number("port", 1, 65535),
        Choice("mode", 2, TrafficNames.MtlsModes) with { Default = InheritedMode },
        Choice("protocol", 3, TrafficNames.Protocols),
        Message("service", 4, () => Service),
        Messages("namedRoutes", 5, () => RouteSchema.NamedRoute),
        Message("rateLimit", 6, () => RouteSchema.RateLimit),
        Message("connectionPool", 7, () => BackendSchema.ConnectionPool),
        Message("accessLog", 8, () => AccessLog),
        Message("tracing", 9, () => Tracing));
}
