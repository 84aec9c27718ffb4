using System.CommandLine;
using System.Text;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Tap;

/// <summary>Prints the requests of a workload as they happen, without restarting or annotating anything.</summary>
internal sealed class TapCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly TapSelection _selection;
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json);
    private readonly Option<string?> _authority = new("--authority") { HelpName = "AUTHORITY", Description = "Only requests to this host" };
    private readonly Option<string?> _status = new("--status") { HelpName = "STATUS", Description = "Only requests that end with this status: 503, 5xx or 400-499" };
    private readonly Option<string?> _direction = new("--direction")
    {
        HelpName = "in|out|both",
        Description = "Requests that the workload receives (in), sends (out), or both; in unless given, and out with --to",
    };

    private readonly Option<bool> _headers = new("--headers")
    {
        Description = "With header and trailer fields. Secrets never leave the proxies: authorization, cookie, set-cookie, x-api-key, proxy-authorization, and what --redact-headers of the proxies and --redact name",
    };

    private readonly Option<string[]> _redact = new("--redact") { HelpName = "NAME", Description = "With --headers: one more field whose value is not shown; repeatable" };

    public TapCommand(CliEnvironment environment, GlobalOptions global)
        : base("tap", "Watch the live requests of a workload", environment)
    {
        _global = global;
        _direction.AcceptOnlyFromAmong("in", "out", "both");
        _selection = new TapSelection(this, "listen to", "listens to", "Show", maxRps: 100, _authority, _status, _direction, _headers, _redact);
        Options.Insert(1, _output);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle tap deploy/user-service", "every request that it receives"),
        new("tulle tap deploy/user-service --direction both --status 5xx", "the failures of what it receives and sends"),
        new("tulle tap deploy/frontend --to svc/user-service --method POST", "only its writes to one service"),
        new("tulle tap deploy/orders --headers -o wide", "with header fields, and the pods on both sides"),
        new("tulle tap svc/orders --path /orders/ -o json", "one JSON object per event, for jq"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        WorkloadName workload = _selection.Workload(line);
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string path = _selection.Path(line, mesh, workload,
        [
            ("authority", line.GetValue(_authority)),
            ("status", line.GetValue(_status)),
            ("direction", line.GetValue(_direction)),
            ("headers", line.GetValue(_headers) ? "true" : null),
            ("redact", string.Join(',', line.GetValue(_redact) ?? [])),
        ]);
        var losses = new TapLosses(Environment);
        try
        {
            await using Stream stream = await mesh.Client.OpenStreamAsync(path, stop);
            await PrintAsync(stream, line.GetRequiredValue(_output), losses, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever taps ends it so: that is no failure.
            return ExitCodes.Success;
        }
        catch (IOException exception) when (!stop.IsCancellationRequested)
        {
            throw new CliException($"the mesh broke off the tap: {exception.Message}; run it again", ExitCodes.NoMesh);
        }
        finally
        {
            losses.SayLast();
        }
        throw TapSelection.Ended;
    }

    private async Task PrintAsync(Stream stream, string format, TapLosses losses, CancellationToken stop)
    {
        StringBuilder lines = new();
        await foreach (IReadOnlyList<TapStream.Item> items in TapStream.ReadAsync(stream, stop))
        {
            foreach (TapStream.Item item in items)
            {
                if (item.Value is null)
                {
                    Say.Warning(Environment, $"an event that is no JSON was left out: {item.Text}");
                }
                else if (!losses.Take(item.Value))
                {
                    Append(lines, item, format);
                }
            }
            Environment.Output.Write(lines.ToString());
            lines.Clear();
        }
    }

    private static void Append(StringBuilder lines, in TapStream.Item item, string format)
    {
        if (format == OutputFormat.Json)
        {
            lines.Append(item.Text).Append('\n');
            return;
        }
        lines.Append(TapEvent.Line(item.Value!, format == OutputFormat.Wide)).Append('\n');
        foreach (string field in TapEvent.Fields(item.Value!)) lines.Append(field).Append('\n');
    }
}
