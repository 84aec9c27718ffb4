using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>tap</c>: requests as they happen, a JSON object a line until the client leaves.</summary>
internal sealed class TapHandler(TapRelay taps) : IInsightHandler
{
    /// <summary>Requests per second unless the question says otherwise; Linkerd's default.</summary>
    private const double DefaultMaxRps = 100;

    public string Name => "tap";

    public bool IsEndless => true;

    public async Task AnswerAsync(InsightRequest request)
    {
        if (request is not { Namespace: not null, ObjectName: not null })
            throw InsightException.NotFound("tap of what? Name one thing: …/namespaces/{ns}/tap/{kind}/{name}");
        var query = new TapQuery(
            request.RequireTarget(), request.Parameter("method").ToUpperInvariant(), request.Parameter("path"), request.Parameter("authority"),
            MaxRps(request.Parameter("maxRps")), request.To, request.From);
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

    private static async Task RelayAsync(TapSession session, HttpContext context)
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

    private static double MaxRps(string text)
    {
        if (text.Length == 0) return DefaultMaxRps;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rps) && rps is > 0 and <= 1_000_000) return rps;
        throw InsightException.BadRequest($"maxRps \"{text}\" is not a number above 0");
    }
}
