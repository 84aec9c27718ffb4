using Tulle.Model.Schemas;
using Tulle.Model.Validation.Rules;

namespace Tulle.Model.Validation;

/// <summary>Rules of a kind that its schema cannot express. The cursor stands at the root of the object.</summary>
internal delegate void KindRule(Cursor root);

/// <summary>Which kind has which rules.</summary>
internal static class KindRules
{
    private static readonly Dictionary<(string Group, string Kind), KindRule> s_rules = new()
    {
        [("networking.istio.io", "VirtualService")] = VirtualServiceRules.Check,
        [("networking.istio.io", "DestinationRule")] = DestinationRuleRules.Check,
        [("security.istio.io", "PeerAuthentication")] = PeerAuthenticationRules.Check,
        [("networking.istio.io", "ServiceEntry")] = ServiceEntryRules.Check,
        [("networking.istio.io", "Gateway")] = GatewayRules.Check,
        [("networking.istio.io", "Sidecar")] = SidecarRules.Check,
        [("security.istio.io", "AuthorizationPolicy")] = AuthorizationPolicyRules.Check,
        [("security.istio.io", "RequestAuthentication")] = RequestAuthenticationRules.Check,
        [("telemetry.istio.io", "Telemetry")] = TelemetryRules.Check,
        [("policy.linkerd.io", "AuthorizationPolicy")] = LinkerdPolicyRules.CheckAuthorizationPolicy,
        [("policy.linkerd.io", "Server")] = LinkerdPolicyRules.CheckServer,
        [("policy.linkerd.io", "HTTPLocalRateLimitPolicy")] = LinkerdPolicyRules.CheckRateLimit,
        [("policy.linkerd.io", "HTTPRoute")] = RouteRules.Check,
        [("gateway.networking.k8s.io", "HTTPRoute")] = RouteRules.Check,
        [("gateway.networking.k8s.io", "GRPCRoute")] = RouteRules.Check,
        [("linkerd.io", "ServiceProfile")] = ServiceProfileRules.Check,
        [("split.smi-spec.io", "TrafficSplit")] = TrafficSplitRules.Check,
        [("", "Service")] = AnnotationRules.CheckService,
        [("", "Pod")] = AnnotationRules.CheckWorkload,
        [("", "Namespace")] = AnnotationRules.CheckWorkload,
    };

    public static KindRule? Find(ResourceKind kind) => s_rules.GetValueOrDefault((kind.Group, kind.Kind));
}
