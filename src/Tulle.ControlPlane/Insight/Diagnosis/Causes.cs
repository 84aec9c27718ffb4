namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>
/// What can be wrong, as programs read it. In the order in which findings of one level are told: what is first explains what comes
/// after it.
/// </summary>
internal static class Causes
{
    public const string NoService = "no-service";
    public const string NoEndpoints = "no-endpoints";
    public const string AppDown = "app-down";
    public const string SidecarDown = "sidecar-down";
    public const string WrongPort = "wrong-port";
    public const string MissingSubset = "missing-subset";
    public const string EmptySubset = "empty-subset";
    public const string UnknownDestination = "unknown-destination";
    public const string CertificateExpired = "certificate-expired";
    public const string CertificateNotRenewed = "certificate-not-renewed";
    public const string PlaintextRefused = "plaintext-refused";
    public const string SidecarDisconnected = "sidecar-disconnected";
    public const string ConfigurationRefused = "configuration-refused";
    public const string BreakerOpen = "breaker-open";
    public const string RateLimited = "rate-limited";
    public const string FaultInjected = "fault-injected";
    public const string AllEjected = "all-ejected";
    public const string SomeEjected = "some-ejected";
    public const string Unreachable = "unreachable";
    public const string SlowUpstream = "slow-upstream";
    public const string UpstreamFailing = "upstream-failing";
    public const string NoRoute = "no-route";
    public const string ConfigurationWarning = "configuration-warning";
    public const string NotApplied = "not-applied";
    public const string AppErrors = "app-errors";
    public const string MeshErrors = "mesh-errors";

    /// <summary>Those that are told because of requests of the window; what they tell may be over.</summary>
    public static IReadOnlyList<string> OfRequests { get; } = [PlaintextRefused, BreakerOpen, RateLimited, Unreachable, NoRoute, UpstreamFailing, AppErrors, MeshErrors];

    public static IReadOnlyList<string> All { get; } =
    [
        NoService, NoEndpoints, AppDown, SidecarDown, WrongPort, MissingSubset, EmptySubset, UnknownDestination, CertificateExpired,
        PlaintextRefused, BreakerOpen, AllEjected, SlowUpstream, RateLimited, FaultInjected, Unreachable, SidecarDisconnected,
        ConfigurationRefused, CertificateNotRenewed, SomeEjected, NoRoute, UpstreamFailing, ConfigurationWarning, AppErrors, MeshErrors, NotApplied,
    ];
}
