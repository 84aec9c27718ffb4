using System.CommandLine;
using System.Globalization;
using Tulle.ControlPlane.Insight.Traces.Otlp;

namespace Tulle.Cli.Machine;

/// <summary>The options of a command that runs a mesh which say what becomes of traces.</summary>
internal sealed class TracingOptions
{
    /// <summary>OpenTelemetry's variable for credentials, which do not belong on a command line.</summary>
    private const string HeadersVariable = "OTEL_EXPORTER_OTLP_HEADERS";

    private const string Off = "off";

    private readonly Option<string?> _endpoint = new("--otlp-endpoint")
    {
        HelpName = "URL",
        Description = $"Export the spans that are kept to this collector: http://HOST:4317 speaks gRPC, http://HOST:4318 HTTP, grpc://HOST:PORT gRPC; headers from {HeadersVariable}",
    };

    private readonly Option<string?> _sampling;

    private readonly double? _percent;

    private TracingOptions(double? percent)
    {
        _percent = percent;
        _sampling = new Option<string?>("--trace-sampling")
        {
            HelpName = "PERCENT|off",
            Description = $"New traces that are recorded where no Telemetry says so; {percent ?? 1} unless given. Failed and slow requests are reported in any case. off makes no spans and leaves trace headers alone",
        };
        _sampling.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value != Off && (!TryPercentage(result.Tokens[0].Value, out double share) || share is < 0 or > 100))
                result.AddError($"'{result.Tokens[0].Value}' is no percentage from 0 to 100, nor off");
        });
        _endpoint.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && OtlpTarget.Parse(result.Tokens[0].Value).Error is { } error) result.AddError(error);
        });
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="percent">What the command records by default; null: what proxies do by themselves.</param>
    public static TracingOptions On(Command command, double? percent = null)
    {
        var options = new TracingOptions(percent);
        command.Options.Add(options._sampling);
        command.Options.Add(options._endpoint);
        return options;
    }

    /// <summary>What was chosen.</summary>
    public TracingChoice Of(CliEnvironment environment, ParseResult line) => new(
        line.GetValue(_sampling) == Off,
        TryPercentage(line.GetValue(_sampling) ?? "", out double given) ? Ppm(given) : _percent is { } percent ? Ppm(percent) : null,
        line.GetValue(_endpoint) is { Length: > 0 } url
            ? OtlpTarget.Parse(url).Target! with { Headers = OtlpTarget.ParseHeaders(environment.Variable(HeadersVariable) ?? "") }
            : null);

    /// <summary>The options as they were given, for a command line of another process.</summary>
    public IReadOnlyList<string> Again(ParseResult line)
    {
        var words = new List<string>();
        if (line.GetValue(_sampling) is { Length: > 0 } sampling) words.AddRange(["--trace-sampling", sampling]);
        if (line.GetValue(_endpoint) is { Length: > 0 } url) words.AddRange(["--otlp-endpoint", url]);
        return words;
    }

    private static uint Ppm(double percent) => (uint)Math.Round(percent * 10_000);

    private static bool TryPercentage(string text, out double percent) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent);
}

/// <summary>What becomes of traces.</summary>
/// <param name="IsOff">Proxies leave traces alone.</param>
/// <param name="SamplingPpm">New traces that are recorded, per million; null: what proxies do by themselves.</param>
/// <param name="Target">Where kept spans are exported to; null: nowhere.</param>
internal sealed record TracingChoice(bool IsOff, uint? SamplingPpm, OtlpTarget? Target);
