using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Inbound;

/// <summary>The policy for the workload's own ports, compiled. Immutable; any thread.</summary>
internal sealed class InboundPolicyModel
{
    private readonly Dictionary<int, InboundPortModel> _ports;
    private readonly InboundPortModel _other;

    private InboundPolicyModel(Dictionary<int, InboundPortModel> ports, MtlsMode defaultMode)
    {
        _ports = ports;
        _other = new InboundPortModel { Mode = defaultMode };
    }

    /// <summary>What holds for a port.</summary>
    public InboundPortModel Of(int port) => _ports.GetValueOrDefault(port, _other);

    /// <summary>Compiles a policy; an error names the port and what is wrong.</summary>
    public static (InboundPolicyModel? Model, string? Error) Compile(InboundPolicy policy)
    {
        var ports = new Dictionary<int, InboundPortModel>();
        foreach (InboundPort port in policy.Ports)
        {
            (RouteNamesModel? names, string? error) = RouteNamesModel.Compile(port.NamedRoutes);
            if (names is null) return (null, $"inbound port {port.Port}: {error}");
            (RoutePolicyModel? rate, string? rateError) = RoutePolicyModel.Compile(null, null, port.RateLimit);
            if (rate is null) return (null, $"inbound port {port.Port}: {rateError}");
            (AccessLogModel? accessLog, string? logError) = AccessLogModel.Compile(port.AccessLog);
            if (logError is not null) return (null, $"inbound port {port.Port}: {logError}");
            (TracingModel? tracing, string? tracingError) = TracingModel.Compile(port.Tracing);
            if (tracingError is not null) return (null, $"inbound port {port.Port}: {tracingError}");
            ports[(int)port.Port] = new InboundPortModel
            {
                Mode = port.Mode,
                Protocol = port.Protocol,
                ServiceNamespace = port.Service?.Namespace ?? "",
                ServiceName = port.Service?.Name ?? "",
                ServicePort = port.Service?.Port ?? 0,
                Names = names,
                Rate = rate,
                ConnectionPool = ConnectionPoolModel.Compile(port.ConnectionPool),
                AccessLog = accessLog,
                HasAccessLog = port.AccessLog is not null,
                Tracing = tracing,
            };
        }
        return (new InboundPolicyModel(ports, policy.DefaultMode), null);
    }
}
