using System.CommandLine;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Tulle.Cli.Insight;
using Tulle.Cli.Resources;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Top;

/// <summary>Shows the live requests of a workload summed by path, sorted as one likes.</summary>
internal sealed class TopCommand : Verb
{
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>A table is drawn at every so many looks at the keyboard: once a second.</summary>
    private const int LooksPerTable = 10;

    private readonly GlobalOptions _global;
    private readonly TapSelection _selection;
    private readonly Option<string> _sort = new("--sort")
    {
        HelpName = string.Join('|', TopOrder.All.Select(order => order.Name)),
        Description = "Order of the rows; count unless given. The first letters are keys while it runs",
        DefaultValueFactory = _ => TopOrder.All[0].Name,
    };

    private readonly Option<bool> _exactPaths = new("--exact-paths") { Description = "A row for each path; else numbers, UUIDs and digests in it are put together as *" };

    public TopCommand(CliEnvironment environment, GlobalOptions global)
        : base("top", "Watch the live requests of a workload by path, sorted", environment)
    {
        _global = global;
        _sort.AcceptOnlyFromAmong([.. TopOrder.All.Select(order => order.Name)]);
        _selection = new TapSelection(this, "look at", "looks at", "Count", maxRps: 1000, _exactPaths, _sort);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle top deploy/user-service", "every request that it receives, by path; q ends it"),
        new("tulle top deploy/frontend --to svc/user-service", "what the front end asks of one service"),
        new("tulle top ns/default --sort worst", "the slowest of a namespace first"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        WorkloadName workload = _selection.Workload(line);
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string path = _selection.Path(line, mesh, workload);
        Dictionary<string, string> names = await NamesAsync(mesh, stop);
        TopRows rows = new(address => names.GetValueOrDefault(address, address), line.GetValue(_exactPaths) ? exact => exact : PathPattern.Of);
        TopScreen screen = new(Environment, $"tulle top {workload}", TopOrder.All.First(order => order.Name == line.GetRequiredValue(_sort)));
        try
        {
            await using Stream stream = await mesh.Client.OpenStreamAsync(path, stop);
            if (await WatchAsync(stream, rows, screen, stop)) return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever watches ends it so: that is no failure.
            return ExitCodes.Success;
        }
        finally
        {
            screen.Close();
        }
        throw TapSelection.Ended;
    }

    /// <summary>Names of pods by their address.</summary>
    private static async Task<Dictionary<string, string>> NamesAsync(MeshSession mesh, CancellationToken stop)
    {
        ResourceType pods = await ResourceTypes.FindOneAsync(mesh, "pods", stop);
        ResourceList list = await mesh.Client.ListAsync(pods.Path(null), cancellation: stop);
        var names = new Dictionary<string, string>();
        foreach (JsonObject pod in list.Items)
        {
            if (pod.Text("status", "podIP") is { } address) names[address] = pod.ObjectName();
        }
        return names;
    }

    /// <summary>True when a key ended it, false when the mesh did.</summary>
    private async Task<bool> WatchAsync(Stream stream, TopRows rows, TopScreen screen, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Channel<JsonObject> events = Channel.CreateBounded<JsonObject>(10_000);
        Task reading = ReadAsync(stream, events.Writer, ended.Token);
        using PeriodicTimer timer = new(KeyInterval, Environment.Clock);
        try
        {
            for (int look = 0; ; look++)
            {
                bool over = reading.IsCompleted;
                while (events.Reader.TryRead(out JsonObject? tapped)) rows.Add(tapped);
                bool pressed = false;
                while (Environment.Key() is { } key)
                {
                    pressed = true;
                    if (!screen.Press(key)) return true;
                }
                if (pressed || over || (look % LooksPerTable == 0 && !screen.Paused)) screen.Draw(rows);
                if (over) return false;
                await timer.WaitForNextTickAsync(stop);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ReadAsync(Stream stream, ChannelWriter<JsonObject> events, CancellationToken stop)
    {
        await foreach (IReadOnlyList<TapStream.Item> items in TapStream.ReadAsync(stream, stop))
        {
            foreach (TapStream.Item item in items)
            {
                if (item.Value is { } tapped) await events.WriteAsync(tapped, stop);
            }
        }
    }
}
