namespace Tulle.Model.Validation;

/// <summary>API groups that Istio removed between 1.6 and 1.8, and what took their place.</summary>
internal static class RetiredGroups
{
    public static string? Advice(string group) => group switch
    {
        "authentication.istio.io" => "use PeerAuthentication and RequestAuthentication of security.istio.io/v1",
        "rbac.istio.io" => "use AuthorizationPolicy of security.istio.io/v1",
        "config.istio.io" => "use Telemetry of telemetry.istio.io/v1 for metrics and logs, and AuthorizationPolicy of security.istio.io/v1 for checks",
        _ => null,
    };
}
