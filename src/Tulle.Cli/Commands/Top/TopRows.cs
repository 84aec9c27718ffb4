using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Top;

/// <summary>Sums the events of a tap. Bounded: of rows and of requests without a response the oldest are forgotten. Not thread-safe.</summary>
/// <param name="nameOf">Name of the workload or pod at an address; the address where it is unknown.</param>
/// <param name="patternOf">What a path is summed by.</param>
internal sealed class TopRows(Func<string, string> nameOf, Func<string, string> patternOf)
{
    public const int MaxRows = 1_000;
    public const int MaxPending = 10_000;

    private readonly Dictionary<(string, string, string, string), TopRow> _rows = [];
    private readonly Dictionary<string, (string Method, string Path)> _pending = [];
    private readonly Queue<string> _order = new();
    private long _responses;

    public IReadOnlyCollection<TopRow> All => _rows.Values;

    /// <summary>Responses that were counted.</summary>
    public long Responses => _responses;

    /// <summary>Events that were lost on the way and requests beyond the rate: the counts are too low by about as many.</summary>
    public long Lost { get; private set; }

    public void Add(JsonObject tapped)
    {
        string id = $"{tapped.Text("proxy")}/{tapped.Text("id")}";
        switch (tapped.Text("type"))
        {
            case "req":
                if (_pending.TryAdd(id, (tapped.Text("method") ?? "?", patternOf(WithoutQuery(tapped.Text("path") ?? "?"))))) _order.Enqueue(id);
                while (_order.Count > MaxPending) _pending.Remove(_order.Dequeue());
                break;
            case "rsp" when _pending.Remove(id, out (string Method, string Path) request):
                Row(Host(tapped.Text("src")), Host(tapped.Text("dst")), request).Add(
                    tapped.Text("meshError") is null && Traffic.Number(tapped["status"]) is < 500,
                    (Traffic.Number(tapped["latencyMicros"]) ?? 0) / 1000, ++_responses);
                break;
            case "loss":
                Lost = (long)((Traffic.Number(tapped["events"]) ?? 0) + (Traffic.Number(tapped["requests"]) ?? 0));
                break;
        }
    }

    private TopRow Row(string source, string destination, (string Method, string Path) request)
    {
        (string, string, string, string) key = (nameOf(source), nameOf(destination), request.Method, request.Path);
        if (_rows.TryGetValue(key, out TopRow? known)) return known;
        if (_rows.Count >= MaxRows) _rows.Remove(_rows.MinBy(row => row.Value.Newest).Key);
        return _rows[key] = new TopRow(key.Item1, key.Item2, key.Item3, key.Item4);
    }

    private static string WithoutQuery(string path) => path.Split('?', 2)[0];

    private static string Host(string? address)
    {
        if (address is null) return MetricText.None;
        int colon = address.LastIndexOf(':');
        return colon < 0 ? address : address[..colon].Trim('[', ']');
    }
}
