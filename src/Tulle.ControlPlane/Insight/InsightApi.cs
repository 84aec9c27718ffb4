using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.History;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>The API group <c>insight.tulle.dev/v1</c>: golden metrics, live requests, what each proxy was told.</summary>
internal sealed class InsightApi(
    IWorkloads workloads, RecordedTraffic traffic, HistoryStore? history, TapRelay taps, DiscoverySessions sessions, TimeProvider clock)
{
    public const string Group = "insight.tulle.dev";

    /// <summary>Most histories in one answer.</summary>
    public const int MaxHistories = 50;

    private const int DefaultWindow = 30;

    /// <summary>Answers a request whose path starts with <c>/apis/insight.tulle.dev</c>. The caller was authenticated by the API server.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (InsightException error) when (!context.Response.HasStarted)
        {
            await WriteStatusAsync(context, error).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left, which is how a tap ends.
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        string path = (context.Request.PathBase + context.Request.Path).Value ?? "";
        if (!HttpMethods.IsGet(context.Request.Method))
            throw new InsightException(405, "MethodNotAllowed", $"{Group} can only be read: use GET instead of {context.Request.Method}");
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [_, _, "v1"] => WriteResourcesAsync(context),
            [_, _, "v1", "proxies"] => WriteProxiesAsync(context),
            [_, _, "v1", "stat", var kind] => WriteStatAsync(context, Selection.Of(kind, null, null)),
            [_, _, "v1", "stat", var kind, var name] => WriteStatAsync(context, Selection.Of(kind, null, name)),
            [_, _, "v1", "namespaces", var ns, "stat", var kind] => WriteStatAsync(context, Selection.Of(kind, ns, null)),
            [_, _, "v1", "namespaces", var ns, "stat", var kind, var name] => WriteStatAsync(context, Selection.Of(kind, ns, name)),
            [_, _, "v1", "edges" or "routes"] => WriteTrafficAsync(context, parts[3], null, null),
            [_, _, "v1", "edges" or "routes", var kind] => WriteTrafficAsync(context, parts[3], null, Selection.Of(kind, null, null)),
            [_, _, "v1", "edges" or "routes", var kind, var name] => WriteTrafficAsync(context, parts[3], null, Selection.Of(kind, null, name)),
            [_, _, "v1", "namespaces", var ns, "edges" or "routes"] => WriteTrafficAsync(context, parts[5], ns, null),
            [_, _, "v1", "namespaces", var ns, "edges" or "routes", var kind] => WriteTrafficAsync(context, parts[5], ns, Selection.Of(kind, ns, null)),
            [_, _, "v1", "namespaces", var ns, "edges" or "routes", var kind, var name] => WriteTrafficAsync(context, parts[5], ns, Selection.Of(kind, ns, name)),
            [_, _, "v1", "history", var kind] => WriteHistoryAsync(context, Selection.Of(kind, null, null)),
            [_, _, "v1", "history", var kind, var name] => WriteHistoryAsync(context, Selection.Of(kind, null, name)),
            [_, _, "v1", "namespaces", var ns, "history", var kind] => WriteHistoryAsync(context, Selection.Of(kind, ns, null)),
            [_, _, "v1", "namespaces", var ns, "history", var kind, var name] => WriteHistoryAsync(context, Selection.Of(kind, ns, name)),
            [_, _, "v1", "namespaces", var ns, "tap", var kind, var name] => WriteTapAsync(context, Selection.Of(kind, ns, name)),
            _ => throw InsightException.NotFound($"{Group} has nothing at {path}; it has stat, edges, routes, history, tap and proxies"),
        };
    }

    private async Task WriteStatAsync(HttpContext context, Selection target)
    {
        IQueryCollection query = context.Request.Query;
        (Selection? to, Selection? from) = (Peer(query, "to", target.Namespace), Peer(query, "from", target.Namespace));
        var stat = new StatQuery(target, Window(query["window"].ToString(), target, to, from), to, from);
        IReadOnlyList<StatRow> rows = StatReport.Of(stat, workloads, traffic);
        await WriteJsonAsync(context, json =>
        {
            json.WriteStartArray("items");
            foreach (StatRow row in rows) row.WriteTo(json);
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private Task WriteTrafficAsync(HttpContext context, string list, string? @namespace, Selection? target)
    {
        IQueryCollection parameters = context.Request.Query;
        (Selection? to, Selection? from) = (Peer(parameters, "to", @namespace), Peer(parameters, "from", @namespace));
        var query = new TrafficQuery(target, @namespace, Window(parameters["window"].ToString(), target, to, from), to, from);
        IReadOnlyList<WorkloadPod> pods = workloads.Pods;
        if (target is { Name: { } name } && !Exists(target, pods))
            throw InsightException.NotFound($"there is no {target.Kind.ToString().ToLowerInvariant()} \"{name}\"{(target.Namespace is { } of ? $" in namespace \"{of}\"" : "")}");
        if (list == "edges")
        {
            IReadOnlyList<EdgeRow> edges = EdgeReport.Of(query, pods, traffic);
            return WriteJsonAsync(context, json => TrafficLists.Write(json, edges));
        }
        IReadOnlyList<RouteRow> routes = RouteReport.Of(query, pods, traffic);
        return WriteJsonAsync(context, json => TrafficLists.Write(json, routes));
    }

    private Task WriteHistoryAsync(HttpContext context, Selection target)
    {
        if (history is null) throw InsightException.NotFound("this control plane keeps no history; it was given no file for it");
        IQueryCollection parameters = context.Request.Query;
        (Selection? to, Selection? from) = (Peer(parameters, "to", target.Namespace), Peer(parameters, "from", target.Namespace));
        RefusePods([target, to, from]);
        HistoryQuery time = HistoryQuery.Of(parameters, clock.GetUtcNow().ToUnixTimeSeconds());
        string route = parameters["route"].ToString();
        IReadOnlyList<WorkloadPod> pods = workloads.Pods;
        var sightings = new Sightings(pods);
        var items = new List<(string, string, string, TrafficTotals[])>();
        foreach ((Selection row, string @namespace, string name) in StatReport.Rows(target, workloads))
        {
            TrafficTotals[] steps;
            if (route.Length > 0)
            {
                var query = new TrafficQuery(row, null, 0, to, from);
                steps = traffic.Steps(pods, (pod, series) => series.Route == route && RouteReport.Accepts(query, sightings, pod, series), time.Start, time.Step, time.Count);
            }
            else
            {
                (IEnumerable<WorkloadPod> reporters, Func<SeriesId, bool> filter) = StatReport.ScopeOf(new StatQuery(row, 0, to, from), row, pods);
                steps = traffic.Steps(reporters, (_, series) => filter(series), time.Start, time.Step, time.Count);
            }
            items.Add((@namespace, row.Kind.ToString().ToLowerInvariant(), name, steps));
            if (items.Count > MaxHistories) throw InsightException.BadRequest($"that is the history of more than {MaxHistories} things; name one, or a namespace");
        }
        long overflowed = history.Overflowed;
        return WriteJsonAsync(context, json =>
        {
            HistoryJson.Write(json, time, items);
            json.WriteNumber("overflowed", overflowed);
        });
    }

    private bool Exists(Selection target, IReadOnlyList<WorkloadPod> pods) => target.Kind == TargetKind.Service
        ? workloads.Services.Any(service => service.Name == target.Name && (target.Namespace is null || service.Namespace == target.Namespace))
        : pods.Any(target.Includes);

    private async Task WriteTapAsync(HttpContext context, Selection target)
    {
        IQueryCollection query = context.Request.Query;
        var tap = new TapQuery(
            target, query["method"].ToString().ToUpperInvariant(), query["path"].ToString(), query["authority"].ToString(),
            MaxRps(query["maxRps"].ToString()), Peer(query, "to", target.Namespace), Peer(query, "from", target.Namespace));
        TapSession session = taps.Start(tap);
        try
        {
            context.Response.ContentType = "application/x-ndjson";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            ChannelReader<(int Proxy, TapEvent Event)> events = session.Events;
            while (await events.WaitToReadAsync(context.RequestAborted).ConfigureAwait(false))
            {
                while (events.TryRead(out (int Proxy, TapEvent Event) next)) TapLine.Write(context.Response.BodyWriter, next.Proxy, next.Event);
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            taps.Stop(session);
        }
    }

    private Task WriteProxiesAsync(HttpContext context)
    {
        IReadOnlyList<SessionReport> reports = sessions.Report();
        return WriteJsonAsync(context, json => ProxyList.Write(json, reports));
    }

    private static Task WriteResourcesAsync(HttpContext context) => WriteJsonAsync(context, json =>
    {
        json.WriteString("kind", "APIResourceList");
        json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", $"{Group}/v1");
        json.WriteStartArray("resources");
        json.WriteEndArray();
    });

    private static Task WriteStatusAsync(HttpContext context, InsightException error)
    {
        context.Response.StatusCode = error.Code;
        return WriteJsonAsync(context, json =>
        {
            json.WriteString("kind", "Status");
            json.WriteString("apiVersion", "v1");
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteString("status", "Failure");
            json.WriteString("message", error.Message);
            json.WriteString("reason", error.Reason);
            json.WriteNumber("code", error.Code);
        });
    }

    private static async Task WriteJsonAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static Selection? Peer(IQueryCollection query, string name, string? targetNamespace)
    {
        string text = query[name].ToString();
        if (text.Length == 0) return null;
        string @namespace = query[$"{name}Namespace"].ToString();
        return Selection.Parse(text, @namespace.Length > 0 ? @namespace : targetNamespace);
    }

    /// <summary>Seconds of a window.</summary>
    private int Window(string text, params ReadOnlySpan<Selection?> about)
    {
        if (text.Length == 0) return DefaultWindow;
        if (Durations.Seconds(text) is not { } seconds || seconds > traffic.MaxWindow)
            throw InsightException.BadRequest($"window \"{text}\" is not between 1s and {(history is null ? "10m" : "7d")}; write it like 30s, 5m or 1h");
        if (seconds > SeriesHistory.MaxAge) RefusePods(about);
        return seconds;
    }

    private static void RefusePods(ReadOnlySpan<Selection?> about)
    {
        foreach (Selection? selection in about)
        {
            if (selection is { Kind: TargetKind.Pod })
                throw InsightException.BadRequest("single pods are remembered for 10m; ask for their deployment instead");
        }
    }

    private static double MaxRps(string text)
    {
        if (text.Length == 0) return 100;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rps) && rps is > 0 and <= 1_000_000) return rps;
        throw InsightException.BadRequest($"maxRps \"{text}\" is not a number above 0");
    }
}
