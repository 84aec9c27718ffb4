using Tulle.Proxy.AccessLog;

namespace Tulle.Proxy.Forwarding;

// What is written down of an exchange at its end.
internal abstract partial class HttpSession
{
    /// <summary>The format that holds for the request, null for none: its destination's or port's, else the proxy's own.</summary>
    protected virtual AccessLogModel? AccessLogFormat => Worker.Config.AccessLog;

    /// <summary>Adds what only the side knows.</summary>
    protected virtual void Describe(ref AccessLogEntry entry)
    {
    }

    /// <summary>The response's head is here: keeps of it what the format names.</summary>
    private void CaptureForLog()
    {
        AccessLogModel? format = Exchange.Log ??= AccessLogFormat;
        if (format is null || format.Captures.Length == 0) return;
        Exchange.BeginCapture().Take(format, _upstream!.Response.Fields, trailers: false);
    }

    /// <summary>The exchange is over, whatever came of it. Heads can still be read.</summary>
    /// <param name="failed">It counts as a failure of the service, or the mesh answered itself.</param>
    private void OnExchangeEnded(bool failed)
    {
        Exchange exchange = Exchange;
        AccessLogModel? format = exchange.Log ??= AccessLogFormat;
        long duration = Loop.NowMicros - exchange.StartMicros;
        bool slow = IsSlow(duration);
        bool traced = TakesSpan(failed, slow);
        if (format is null && !traced) return;
        AccessLogEntry entry = Entry(exchange, duration);
        Describe(ref entry);
        if (format is not null) Worker.AccessLog.Write(format, entry, Worker.Scratch);
        if (traced) Worker.Tracer.Write(exchange.Trace, entry, exchange, failed, slow, Worker.Scratch);
    }

    private AccessLogEntry Entry(Exchange exchange, long duration)
    {
        return new AccessLogEntry
        {
            Request = Downstream.HasBegun ? Downstream.Request : default,
            Protocol = !Downstream.IsHttp1 ? "HTTP/2"u8 : Downstream is Http1Downstream { Head.IsHttp11: false } ? "HTTP/1.0"u8 : "HTTP/1.1"u8,
            IsInbound = Direction == Protocol.Direction.Inbound,
            Start = Worker.AccessLog.Now - TimeSpan.FromMicroseconds(duration),
            DurationMicros = duration,
            ResponseMicros = exchange.ResponseMicros == 0 ? -1 : exchange.ResponseMicros - exchange.StartMicros,
            UpstreamMicros = exchange.ResponseMicros == 0 ? -1 : exchange.ResponseMicros - exchange.AttemptMicros,
            Status = exchange.Status,
            Flags = exchange.Flags,
            Error = _error == MeshError.None ? null : MeshErrors.Of(_error),
            BytesReceived = Downstream.BodyBytes,
            BytesSent = _answer is null ? exchange.ResponseContentBytes : _answer.Body.Length,
            DownstreamLocal = Downstream.Origin.Local,
            DownstreamRemote = Downstream.Origin.Peer,
            DownstreamText = Downstream.Origin.PeerText,
            RouteName = exchange.Route?.Name ?? "",
            Attempts = exchange.Attempt,
            TraceId = (exchange.Trace.High, exchange.Trace.Low),
            RequestId = (exchange.Trace.RequestHigh, exchange.Trace.RequestLow),
            GrpcStatus = exchange.GrpcStatus,
            Captured = exchange.Captured,
        };
    }

    /// <summary>What is refused before it is a request leaves a line too, when the proxy logs everything.</summary>
    private void LogRefusal(LocalAnswer refusal)
    {
        if (Worker.Config.AccessLog is not { } format) return;
        MeshErrorModel model = MeshErrors.Of(refusal.Error);
        var entry = new AccessLogEntry
        {
            IsInbound = Direction == Protocol.Direction.Inbound,
            Start = Worker.AccessLog.Now,
            ResponseMicros = -1,
            UpstreamMicros = -1,
            Status = refusal.Status,
            Flags = model.Flag,
            Error = model,
            BytesSent = refusal.Body.Length,
            DownstreamLocal = Downstream.Origin.Local,
            DownstreamRemote = Downstream.Origin.Peer,
            GrpcStatus = -1,
        };
        Worker.AccessLog.Write(format, entry, Worker.Scratch);
    }
}
