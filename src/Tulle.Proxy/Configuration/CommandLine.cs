using System.Net;
using Tulle.Identity;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Telemetry.Compatibility;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Configuration;

/// <summary>
/// Turns arguments into a <see cref="ProxyConfig"/>. Our own parser, because a general one would be a tenth of the executable.
/// Every mistake is collected, so that one run shows them all.
/// </summary>
internal sealed class CommandLine
{
    private readonly GivenFlags _given;

    private CommandLine(GivenFlags given) => _given = given;

    /// <summary>What to do with the arguments.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="cores">Cores that this process may use: the default number of event loops.</param>
    public static CommandLineResult Parse(IReadOnlyList<string> arguments, int cores)
    {
        if (arguments.Any(a => a is "--help" or "-h")) return new CommandLineResult(CommandLineAction.ShowHelp, null, []);
        if (arguments.Any(a => a is "--version")) return new CommandLineResult(CommandLineAction.ShowVersion, null, []);

        var given = new GivenFlags(arguments);
        var line = new CommandLine(given);
        ProxyConfig config = line.Read(cores);
        if (given.Errors.Count == 0) line.CheckTogether(config);
        return given.Errors.Count == 0
            ? new CommandLineResult(CommandLineAction.Run, config, [])
            : new CommandLineResult(CommandLineAction.Refuse, null, given.Errors);
    }

    private ProxyConfig Read(int cores)
    {
        var defaults = new ProxyConfig();
        return new ProxyConfig
        {
            ControlPlane = _given.One<Uri>("--control-plane", null, FlagValues.ControlPlane),
            ControlPlaneIdentity = _given.One("--control-plane-identity", defaults.ControlPlaneIdentity, SpiffeIdValue)!,
            TrustAnchorsFile = _given.Text("--trust-anchors"),
            TokenFile = _given.Text("--token"),
            Outbound = _given.Many<IPEndPoint>("--outbound", FlagValues.EndPoint),
            Inbound = _given.Many<InboundListenerConfig>("--inbound", FlagValues.Inbound),
            Upstreams = _given.Many<UpstreamListenerConfig>("--upstream", FlagValues.Upstream),
            Admin = _given.One<IPEndPoint>("--admin", null, FlagValues.LoopbackEndPoint),
            DestinationsFile = _given.Text("--destinations"),
            CertificateFile = _given.Text("--certificate"),
            KeyFile = _given.Text("--key"),
            Loops = _given.Loops("--loops", cores),
            DrainTimeout = _given.Duration("--drain-timeout", defaults.DrainTimeout),
            DiscoveryTimeout = _given.Duration("--discovery-timeout", defaults.DiscoveryTimeout),
            ConnectTimeout = _given.Duration("--connect-timeout", defaults.ConnectTimeout),
            AccessLogFile = _given.Text("--access-log"),
            AccessLog = ReadAccessLog(),
            RedactedHeaders = _given.Text("--redact-headers")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Overrides = ReadOverrides(),
            MetricsDialects = ReadMetricsDialects(),
            Tracing = ReadTracing(),
            LogLevel = Level("--log-level", defaults.LogLevel),
        };
    }

    private void CheckTogether(ProxyConfig config)
    {
        if (config.Outbound.Count + config.Inbound.Count + config.Upstreams.Count == 0)
            _given.Refuse("There is no port to serve: give at least one of --outbound, --inbound and --upstream.");

        if (config.ControlPlane is not null)
        {
            if (config.TrustAnchorsFile is null) _given.Refuse("--control-plane needs --trust-anchors FILE, to know the control plane by its certificate.");
            if (config.TokenFile is null) _given.Refuse("--control-plane needs --token FILE, the service-account token with which to ask for an identity.");
            foreach (string flag in new[] { "--destinations", "--certificate", "--key" }.Where(_given.Has))
                _given.Refuse($"{flag} is for a proxy without a control plane; leave out either it or --control-plane.");
        }
        else
        {
            foreach (string flag in new[] { "--token", "--control-plane-identity" }.Where(_given.Has))
                _given.Refuse($"{flag} means nothing without --control-plane.");
            if (config.CertificateFile is null != config.KeyFile is null)
                _given.Refuse("--certificate and --key belong together; one of them is missing.");
            else if (config.CertificateFile is not null && config.TrustAnchorsFile is null)
                _given.Refuse("--certificate needs --trust-anchors FILE, to know whom to trust.");
            else if (config.CertificateFile is null && config.TrustAnchorsFile is not null)
                _given.Refuse("--trust-anchors without --control-plane needs --certificate and --key.");
        }

        var listens = config.Outbound.Concat(config.Inbound.Select(i => i.Listen)).Concat(config.Upstreams.Select(u => u.Listen));
        if (config.Admin is not null) listens = listens.Append(config.Admin);
        foreach (var twice in listens.Where(l => l.Port != 0).GroupBy(l => l).Where(g => g.Count() > 1))
            _given.Refuse($"The address {twice.Key} is to be listened on {twice.Count()} times; every port can be served once.");
    }

    private static string? SpiffeIdValue(string text, out SpiffeId? id) => SpiffeId.TryParse(text, out id, out string? error) ? null : error.TrimEnd('.');

    private OverrideDialects ReadOverrides()
    {
        var dialects = OverrideDialects.None;
        foreach (string name in _given.Text("--request-overrides")?.Split(',') ?? [])
        {
            if (name is "envoy") dialects |= OverrideDialects.Envoy;
            else if (name is "linkerd") dialects |= OverrideDialects.Linkerd;
            else _given.Refuse($"--request-overrides {name}: envoy, linkerd or envoy,linkerd is needed.");
        }
        return dialects;
    }

    private TracingConfig? ReadTracing()
    {
        var defaults = new TracingConfig();
        string? sampling = _given.Text("--trace-sampling");
        var tracing = new TracingConfig
        {
            SamplingPpm = sampling is null or "off" ? defaults.SamplingPpm : _given.Share("--trace-sampling", sampling),
            Slow = _given.Duration("--trace-slow", defaults.Slow),
            SpansPerSecond = _given.Rate("--trace-spans", defaults.SpansPerSecond),
        };
        return sampling == "off" ? null : tracing;
    }

    private MetricsDialects ReadMetricsDialects()
    {
        var dialects = MetricsDialects.None;
        foreach (string name in _given.Text("--metrics-compat")?.Split(',') ?? [])
        {
            if (name is "istio") dialects |= MetricsDialects.Istio;
            else if (name is "linkerd") dialects |= MetricsDialects.Linkerd;
            else _given.Refuse($"--metrics-compat {name}: istio, linkerd or istio,linkerd is needed.");
        }
        return dialects;
    }

    private AccessLogModel? ReadAccessLog()
    {
        string? format = _given.Text("--access-log-format");
        if (_given.Text("--access-log") is null)
        {
            if (format is not null) _given.Refuse("--access-log-format means nothing without --access-log.");
            return null;
        }
        switch (format)
        {
            case null or "line": return AccessLogModel.Line;
            case "json": return AccessLogModel.Object;
            default:
                (AccessLogModel? model, string? error) = AccessLogModel.Compile(format.StartsWith('{'), format);
                if (error is not null) _given.Refuse($"--access-log-format: {error}.");
                return model;
        }
    }

    private LogLevel Level(string name, LogLevel fallback)
    {
        switch (_given.Text(name))
        {
            case null: return fallback;
            case "debug": return LogLevel.Debug;
            case "info": return LogLevel.Info;
            case "warn": return LogLevel.Warn;
            case "error": return LogLevel.Error;
            case { } text:
                _given.Refuse($"{name} {text}: one of debug, info, warn and error is needed.");
                return fallback;
        }
    }
}
