using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Trace;

/// <summary>Lists traces, or shows one of them as a waterfall.</summary>
internal sealed class TraceCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string?> _id = new("ID") { Arity = ArgumentArity.ZeroOrOne, Description = "The trace to show, by its id, a traceparent or the x-request-id of one of its requests; a list of traces unless given" };
    private readonly Option<string?> _service = new("--service", "-s") { HelpName = "NAME", Description = "Only traces with a span of this service" };
    private readonly Option<TimeSpan?> _min = Time("--min-duration", "Only traces that took at least this long; with --service: whose span of it did");
    private readonly Option<TimeSpan?> _max = Time("--max-duration", "Only traces that took at most this long");
    private readonly Option<bool> _error = new("--error", "-e") { Description = "Only traces in which something failed" };
    private readonly Option<string?> _status = new("--status") { HelpName = "STATUS", Description = "Only traces with a span of this HTTP status: 503, 5xx" };
    private readonly Option<string?> _route = new("--route") { HelpName = "NAME", Description = "Only traces with a span of this named route or rule" };
    private readonly Option<string[]> _tag = new("--tag") { HelpName = "NAME[=VALUE]", Description = "Only traces with a span that has this attribute; may be repeated" };
    private readonly Option<TimeSpan?> _since = Time("--since", "Only traces that began within this time; 1h unless given");
    private readonly Option<int> _limit = new("--limit") { HelpName = "N", Description = "Most traces, the newest first", DefaultValueFactory = _ => 20 };
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json);

    public TraceCommand(CliEnvironment environment, GlobalOptions global) : base("trace", "Find traces, and show how one request went through the services", environment)
    {
        _global = global;
        Arguments.Add(_id);
        foreach (Option option in (ReadOnlySpan<Option>)[_service, _min, _max, _error, _status, _route, _tag, _since, _limit]) Options.Add(option);
        _namespaces = NamespaceOptions.On(this);
        Options.Add(_output);
        _limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000) result.AddError("--limit must be from 1 to 1000");
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle trace", "the newest traces of the namespace"),
        new("tulle trace --error --since 10m", "what failed lately"),
        new("tulle trace --service checkout --min-duration 500ms", "where checkout was slow"),
        new("tulle trace --tag tulle.mesh_error", "what the mesh answered itself"),
        new("tulle trace 4bf92f3577b34da6a3ce929d0e0e4736", "one trace as a waterfall"),
        new("tulle trace 4bf92f3577b34da6a3ce929d0e0e4736 -o json", "everything that is known of it"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string format = line.GetRequiredValue(_output);
        if (line.GetValue(_id) is { Length: > 0 } id)
        {
            JsonObject trace = await mesh.Client.GetRawAsync(InsightPath.Trace(id), stop);
            if (format == OutputFormat.Json) JsonText.Write(Environment.Output, trace);
            else new Waterfall(Environment, format == OutputFormat.Wide).Write(trace);
            return ExitCodes.Success;
        }

        string? @namespace = _namespaces.Of(line, mesh);
        JsonObject answer = await mesh.Client.GetRawAsync(Path(line, @namespace), stop);
        JsonObject[] items = [.. (answer["items"] as JsonArray ?? []).OfType<JsonObject>()];
        if (format == OutputFormat.Json) JsonText.Write(Environment.Output, answer["items"]?.DeepClone() ?? new JsonArray());
        else if (items.Length > 0) TraceTable.Write(Environment, items, @namespace, format == OutputFormat.Wide);
        if (items.Length == 0) Say.Line(Environment, "No traces found. One request in a hundred is recorded unless a Telemetry or --trace-sampling says otherwise; failed and slow ones are too.");
        else if (answer["more"]?.GetValue<bool>() == true && format != OutputFormat.Json) Say.Line(Environment, "There are more; see --limit.");
        return ExitCodes.Success;
    }

    private string Path(ParseResult line, string? @namespace)
    {
        List<(string, string?)> query =
        [
            ("service", line.GetValue(_service)),
            ("minDuration", Microseconds(line.GetValue(_min))),
            ("maxDuration", Microseconds(line.GetValue(_max))),
            ("error", line.GetValue(_error) ? "true" : null),
            ("status", line.GetValue(_status)),
            ("route", line.GetValue(_route)),
            ("since", line.GetValue(_since) is { } since ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Ceiling(since.TotalSeconds)):0}s") : null),
            ("limit", line.GetValue(_limit).ToString(CultureInfo.InvariantCulture)),
            .. (line.GetValue(_tag) ?? []).Select(tag => ("tag", (string?)tag)),
        ];
        return InsightPath.Traces(@namespace, [.. query]);
    }

    private static string? Microseconds(TimeSpan? duration) =>
        duration is { } given ? string.Create(CultureInfo.InvariantCulture, $"{given.TotalMicroseconds:0}us") : null;

    private static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        HelpName = "DURATION",
        Description = description,
        CustomParser = result => Duration.Parse(result),
    };
}
