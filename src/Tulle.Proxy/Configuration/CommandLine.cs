using System.Globalization;
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
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    private CommandLine()
    {
    }

    /// <summary>What to do with the arguments.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="cores">Cores that this process may use: the default number of event loops.</param>
    public static CommandLineResult Parse(IReadOnlyList<string> arguments, int cores)
    {
        if (arguments.Any(a => a is "--help" or "-h")) return new CommandLineResult(CommandLineAction.ShowHelp, null, []);
        if (arguments.Any(a => a is "--version")) return new CommandLineResult(CommandLineAction.ShowVersion, null, []);

        var line = new CommandLine();
        line.Split(arguments);
        ProxyConfig config = line.Read(cores);
        if (line._errors.Count == 0) line.CheckTogether(config);
        return line._errors.Count == 0
            ? new CommandLineResult(CommandLineAction.Run, config, [])
            : new CommandLineResult(CommandLineAction.Refuse, null, line._errors);
    }

    private void Split(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                _errors.Add($"'{argument}' is not a flag; flags start with -- (see --help).");
                continue;
            }

            int equals = argument.IndexOf('=');
            string name = equals < 0 ? argument : argument[..equals];
            Flag? flag = Flags.All.FirstOrDefault(f => f.Name == name);
            if (flag is null)
            {
                string? near = Flags.Nearest(name);
                _errors.Add($"The flag {name} is unknown; {(near is null ? "see --help for those there are." : $"did you mean {near}?")}");

                // Its value, if it has one, would only be reported a second time.
                if (equals < 0 && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-')) i++;
                continue;
            }

            string? value = equals >= 0 ? argument[(equals + 1)..] : i + 1 < arguments.Count ? arguments[++i] : null;
            if (string.IsNullOrEmpty(value) || (equals < 0 && value.StartsWith("--", StringComparison.Ordinal)))
            {
                if (equals < 0 && value is not null) i--;
                _errors.Add($"{name} needs a value: {flag.Name} {flag.Value}.");
                continue;
            }

            if (!_values.TryGetValue(name, out List<string>? values)) _values[name] = values = [];
            if (values.Count > 0 && !flag.Repeatable) _errors.Add($"{name} is given twice; it takes one value.");
            values.Add(value);
        }
    }

    private ProxyConfig Read(int cores)
    {
        var defaults = new ProxyConfig();
        return new ProxyConfig
        {
            ControlPlane = One<Uri>("--control-plane", null, FlagValues.ControlPlane),
            ControlPlaneIdentity = One("--control-plane-identity", defaults.ControlPlaneIdentity, SpiffeIdValue)!,
            TrustAnchorsFile = Text("--trust-anchors"),
            TokenFile = Text("--token"),
            Outbound = Many<IPEndPoint>("--outbound", FlagValues.EndPoint),
            Inbound = Many<InboundListenerConfig>("--inbound", FlagValues.Inbound),
            Upstreams = Many<UpstreamListenerConfig>("--upstream", FlagValues.Upstream),
            Admin = One<IPEndPoint>("--admin", null, FlagValues.LoopbackEndPoint),
            DestinationsFile = Text("--destinations"),
            CertificateFile = Text("--certificate"),
            KeyFile = Text("--key"),
            Loops = Number("--loops", cores),
            DrainTimeout = Duration("--drain-timeout", defaults.DrainTimeout),
            DiscoveryTimeout = Duration("--discovery-timeout", defaults.DiscoveryTimeout),
            ConnectTimeout = Duration("--connect-timeout", defaults.ConnectTimeout),
            AccessLogFile = Text("--access-log"),
            AccessLog = ReadAccessLog(),
            RedactedHeaders = Text("--redact-headers")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
            Overrides = ReadOverrides(),
            MetricsDialects = ReadMetricsDialects(),
            Tracing = ReadTracing(),
            LogLevel = Level("--log-level", defaults.LogLevel),
        };
    }

    private void CheckTogether(ProxyConfig config)
    {
        if (config.Outbound.Count + config.Inbound.Count + config.Upstreams.Count == 0)
            _errors.Add("There is no port to serve: give at least one of --outbound, --inbound and --upstream.");

        if (config.ControlPlane is not null)
        {
            if (config.TrustAnchorsFile is null) _errors.Add("--control-plane needs --trust-anchors FILE, to know the control plane by its certificate.");
            if (config.TokenFile is null) _errors.Add("--control-plane needs --token FILE, the service-account token with which to ask for an identity.");
            foreach (string flag in new[] { "--destinations", "--certificate", "--key" }.Where(_values.ContainsKey))
                _errors.Add($"{flag} is for a proxy without a control plane; leave out either it or --control-plane.");
        }
        else
        {
            foreach (string flag in new[] { "--token", "--control-plane-identity" }.Where(_values.ContainsKey))
                _errors.Add($"{flag} means nothing without --control-plane.");
            if (config.CertificateFile is null != config.KeyFile is null)
                _errors.Add("--certificate and --key belong together; one of them is missing.");
            else if (config.CertificateFile is not null && config.TrustAnchorsFile is null)
                _errors.Add("--certificate needs --trust-anchors FILE, to know whom to trust.");
            else if (config.CertificateFile is null && config.TrustAnchorsFile is not null)
                _errors.Add("--trust-anchors without --control-plane needs --certificate and --key.");
        }

        var listens = config.Outbound.Concat(config.Inbound.Select(i => i.Listen)).Concat(config.Upstreams.Select(u => u.Listen));
        if (config.Admin is not null) listens = listens.Append(config.Admin);
        foreach (var twice in listens.Where(l => l.Port != 0).GroupBy(l => l).Where(g => g.Count() > 1))
            _errors.Add($"The address {twice.Key} is to be listened on {twice.Count()} times; every port can be served once.");
    }

    private static string? SpiffeIdValue(string text, out SpiffeId? id) => SpiffeId.TryParse(text, out id, out string? error) ? null : error.TrimEnd('.');

    private string? Text(string name) => _values.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    private T? One<T>(string name, T? fallback, FlagParser<T> parse) where T : class
    {
        if (Text(name) is not { } text) return fallback;
        if (parse(text, out T? value) is not { } problem) return value;
        _errors.Add($"{name} {text}: {problem}.");
        return fallback;
    }

    private List<T> Many<T>(string name, FlagParser<T> parse) where T : class
    {
        var found = new List<T>();
        foreach (string text in _values.GetValueOrDefault(name, []))
        {
            if (parse(text, out T? value) is { } problem) _errors.Add($"{name} {text}: {problem}.");
            else found.Add(value!);
        }

        return found;
    }

    private int Number(string name, int fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (FlagValues.TryLoops(text, out int loops)) return loops;
        _errors.Add($"{name} {text}: a whole number from 1 to {FlagValues.MaxLoops} is needed.");
        return fallback;
    }

    private TimeSpan Duration(string name, TimeSpan fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (FlagValues.TryDuration(text, out TimeSpan duration)) return duration;
        _errors.Add($"{name} {text}: a duration from 1ms to 24h is needed, such as 500ms, 10s or 2m.");
        return fallback;
    }

    private OverrideDialects ReadOverrides()
    {
        var dialects = OverrideDialects.None;
        foreach (string name in Text("--request-overrides")?.Split(',') ?? [])
        {
            if (name is "envoy") dialects |= OverrideDialects.Envoy;
            else if (name is "linkerd") dialects |= OverrideDialects.Linkerd;
            else _errors.Add($"--request-overrides {name}: envoy, linkerd or envoy,linkerd is needed.");
        }
        return dialects;
    }

    private TracingConfig? ReadTracing()
    {
        var defaults = new TracingConfig();
        string? sampling = Text("--trace-sampling");
        var tracing = new TracingConfig
        {
            SamplingPpm = sampling is null or "off" ? defaults.SamplingPpm : Share("--trace-sampling", sampling),
            Slow = Duration("--trace-slow", defaults.Slow),
            SpansPerSecond = Rate("--trace-spans", defaults.SpansPerSecond),
        };
        return sampling == "off" ? null : tracing;
    }

    private uint Share(string name, string text)
    {
        if (FlagValues.TryPercentage(text, out uint ppm)) return ppm;
        _errors.Add($"{name} {text}: a percentage from 0 to 100 is needed, such as 1 or 0.5, or off.");
        return 0;
    }

    private int Rate(string name, int fallback)
    {
        if (Text(name) is not { } text) return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && rate is > 0 and <= FlagValues.MaxRate) return rate;
        _errors.Add($"{name} {text}: a whole number from 1 to {FlagValues.MaxRate} is needed.");
        return fallback;
    }

    private MetricsDialects ReadMetricsDialects()
    {
        var dialects = MetricsDialects.None;
        foreach (string name in Text("--metrics-compat")?.Split(',') ?? [])
        {
            if (name is "istio") dialects |= MetricsDialects.Istio;
            else if (name is "linkerd") dialects |= MetricsDialects.Linkerd;
            else _errors.Add($"--metrics-compat {name}: istio, linkerd or istio,linkerd is needed.");
        }
        return dialects;
    }

    private AccessLogModel? ReadAccessLog()
    {
        string? format = Text("--access-log-format");
        if (Text("--access-log") is null)
        {
            if (format is not null) _errors.Add("--access-log-format means nothing without --access-log.");
            return null;
        }
        switch (format)
        {
            case null or "line": return AccessLogModel.Line;
            case "json": return AccessLogModel.Object;
            default:
                (AccessLogModel? model, string? error) = AccessLogModel.Compile(format.StartsWith('{'), format);
                if (error is not null) _errors.Add($"--access-log-format: {error}.");
                return model;
        }
    }

    private LogLevel Level(string name, LogLevel fallback)
    {
        switch (Text(name))
        {
            case null: return fallback;
            case "debug": return LogLevel.Debug;
            case "info": return LogLevel.Info;
            case "warn": return LogLevel.Warn;
            case "error": return LogLevel.Error;
            case { } text:
                _errors.Add($"{name} {text}: one of debug, info, warn and error is needed.");
                return fallback;
        }
    }

    private delegate string? FlagParser<T>(string text, out T? value);
}
