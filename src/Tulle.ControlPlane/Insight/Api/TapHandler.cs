using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>tap</c>: requests as they happen, a JSON object a line until the client leaves.</summary>
internal sealed class TapHandler(TapRelay taps, IWorkloads workloads, TimeProvider clock) : IInsightHandler
{
    /// <summary>Requests per second unless the question says otherwise; Linkerd's default.</summary>
    private const double DefaultMaxRps = 100;

    /// <summary>Most names of header fields that one tap may redact.</summary>
    private const int MaxRedacted = 64;

    /// <summary>How often it is said that something got lost.</summary>
    private static readonly TimeSpan LossInterval = TimeSpan.FromSeconds(1);

    public string Name => "tap";

    public bool IsEndless => true;

    public async Task AnswerAsync(InsightRequest request)
    {
        if (request is not { Namespace: not null, ObjectName: not null })
            throw InsightException.NotFound("tap of what? Name one thing: …/namespaces/{ns}/tap/{kind}/{name}");
        var query = new TapQuery(
            request.RequireTarget(), request.Parameter("method").ToUpperInvariant(), request.Parameter("path"), request.Parameter("authority"),
            MaxRps(request.Parameter("maxRps")), request.To, request.From)
        {
            Direction = request.Parameter("direction") switch
            {
                "in" => Direction.Inbound,
                "out" => Direction.Outbound,
                "" or "both" => Direction.Unspecified,
                var other => throw InsightException.BadRequest($"direction \"{other}\" is none; use in, out or both"),
            },
            BothDirections = request.Parameter("direction") == "both",
            Status = StatusOf(request.Parameter("status")),
            Headers = request.Parameter("headers") == "true",
            Redacted = [.. request.Parameter("redact").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxRedacted)],
        };
        TapSession session = taps.Start(query);
        try
        {
            await RelayAsync(session, request.Context).ConfigureAwait(false);
        }
        finally
        {
            taps.Stop(session);
        }
    }

    private async Task RelayAsync(TapSession session, HttpContext context)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        ChannelReader<(int Proxy, TapEvent Event)> events = session.Events;
        using var lines = new TapLines(context.Response.BodyWriter);
        var sides = new TapSides(workloads.Pods);
        long lastLoss = 0;
        while (await events.WaitToReadAsync(context.RequestAborted).ConfigureAwait(false))
        {
            if (!sides.AreOf(workloads.Pods)) sides = new TapSides(workloads.Pods);
            // A batch at a time: the events of a flood would never end.
            for (int i = 0; i < TapSession.MaxWaiting && events.TryRead(out (int Proxy, TapEvent Event) next); i++)
            {
                if (next.Event.Loss is null) lines.Write(next.Proxy, next.Event, sides);
            }
            if ((lastLoss == 0 || clock.GetElapsedTime(lastLoss) >= LossInterval) && session.TakeLoss() is { } loss)
            {
                lines.WriteLoss(loss.Events, loss.Requests);
                lastLoss = clock.GetTimestamp();
            }
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary><c>503</c>, <c>5xx</c> or <c>400-499</c>.</summary>
    private static (int From, int To) StatusOf(string text)
    {
        if (text.Length == 0) return (0, 0);
        if (text is [>= '1' and <= '5', 'x' or 'X', 'x' or 'X']) return ((text[0] - '0') * 100, (text[0] - '0') * 100 + 99);
        string[] ends = text.Split('-');
        if (ends.Length <= 2 && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from) && from is >= 100 and <= 599
            && int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int to) && to >= from && to <= 599) return (from, to);
        throw InsightException.BadRequest($"status \"{text}\" is none; write 503, 5xx or 400-499");
    }

    private static double MaxRps(string text)
    {
        if (text.Length == 0) return DefaultMaxRps;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rps) && rps is > 0 and <= 1_000_000) return rps;
        throw InsightException.BadRequest($"maxRps \"{text}\" is not a number above 0");
    }
}
