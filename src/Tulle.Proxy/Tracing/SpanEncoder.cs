using System.Buffers.Binary;
using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tracing;

/// <summary>Writes the span of a finished exchange as one element of <see cref="SpanReport.Spans"/>.</summary>
internal static class SpanEncoder
{
    /// <summary>Longest text that a peer may put into a span, in bytes.</summary>
    public const int MaxText = 256;

    /// <summary>Longest path.</summary>
    public const int MaxPath = 1024;

    /// <summary>Longest tracestate: what every participant should pass on (W3C Trace Context §3.3.1.5).</summary>
    private const int MaxState = 512;

    private const int MaxService = 600;

    // The element's tag, and its length in a fixed number of bytes, so that it can be written last.
    private const int Prefix = 1 + 4;

    /// <summary>Returns how many bytes; 0 when they did not fit.</summary>
    public static int Write(Span<byte> destination, in ExchangeTrace trace, in AccessLogEntry entry, Exchange exchange, bool failed, bool slow)
    {
        var writer = new SpanFieldWriter(destination[Prefix..]);
        WriteIdentity(ref writer, trace);
        writer.Number(ProxySpan.DirectionFieldNumber, (ulong)(entry.IsInbound ? Direction.Inbound : Direction.Outbound));
        writer.Number(ProxySpan.StartMicrosFieldNumber, (entry.Start.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        writer.Number(ProxySpan.DurationMicrosFieldNumber, entry.DurationMicros);
        writer.Number(ProxySpan.ResponseMicrosFieldNumber, entry.ResponseMicros);
        writer.Flag(ProxySpan.SampledFieldNumber, trace.IsSampled);
        writer.Flag(ProxySpan.SlowFieldNumber, slow);
        WriteRequest(ref writer, trace, entry.Request);
        writer.Number(ProxySpan.StatusFieldNumber, entry.Status);
        if (entry.GrpcStatus >= 0)
        {
            // Its presence says something, so that 0 is written too.
            writer.Number(ProxySpan.GrpcStatusFieldNumber, entry.GrpcStatus);
            if (entry.GrpcStatus == 0) writer.Zero(ProxySpan.GrpcStatusFieldNumber);
        }
        writer.Text(ProxySpan.HttpVersionFieldNumber, entry.Protocol.IsEmpty ? default : entry.Protocol["HTTP/".Length..], MaxText);
        writer.Text(ProxySpan.MeshErrorFieldNumber, entry.Error?.Token ?? "");
        writer.Flag(ProxySpan.CutOffFieldNumber, entry.Error is not null && entry.ResponseMicros >= 0);
        writer.Flag(ProxySpan.FailedFieldNumber, failed);
        writer.Text(ProxySpan.RuleFieldNumber, entry.RouteName);
        if (exchange.Series is { } series) WriteSeries(ref writer, series.Key);
        writer.Text(ProxySpan.PeerAddressFieldNumber, entry.IsInbound ? entry.DownstreamText : entry.UpstreamHost ?? "");
        writer.Number(ProxySpan.AttemptsFieldNumber, entry.Attempts);
        writer.Number(ProxySpan.RequestBytesFieldNumber, entry.BytesReceived);
        writer.Number(ProxySpan.ResponseBytesFieldNumber, entry.BytesSent);
        if (trace.Model is { Tags.Length: > 0 } model) WriteTags(ref writer, model, entry.Request.Fields);
        if (writer.Overflowed) return 0;

        destination[0] = SpanReport.SpansFieldNumber << 3 | 2;
        int length = writer.Written;
        // A varint of four bytes, whatever the length: decoders take it.
        destination[1] = (byte)(length | 0x80);
        destination[2] = (byte)(length >> 7 | 0x80);
        destination[3] = (byte)(length >> 14 | 0x80);
        destination[4] = (byte)(length >> 21);
        return Prefix + length;
    }

    private static void WriteIdentity(ref SpanFieldWriter writer, in ExchangeTrace trace)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(id, trace.High);
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], trace.Low);
        writer.Bytes(ProxySpan.TraceIdFieldNumber, id);
        writer.Fixed(ProxySpan.SpanIdFieldNumber, trace.SpanId);
        writer.Fixed(ProxySpan.ParentIdFieldNumber, trace.ParentId);
    }

    private static void WriteRequest(ref SpanFieldWriter writer, in ExchangeTrace trace, in RequestView request)
    {
        writer.Text(ProxySpan.MethodFieldNumber, request.Method, MaxText);
        writer.Text(ProxySpan.SchemeFieldNumber, request.Scheme, MaxText);
        writer.Text(ProxySpan.AuthorityFieldNumber, request.Authority, MaxText);
        writer.Text(ProxySpan.PathFieldNumber, request.Path, MaxPath);
        if (request.Fields.TryFind("user-agent"u8, out ReadOnlySpan<byte> agent)) writer.Text(ProxySpan.UserAgentFieldNumber, agent, MaxText);
        Span<byte> id = stackalloc byte[RequestId.Length];
        if ((trace.RequestHigh | trace.RequestLow) != 0)
        {
            RequestId.Write(trace.RequestHigh, trace.RequestLow, id);
            writer.Text(ProxySpan.RequestIdFieldNumber, id, MaxText);
        }
        else if (request.Fields.TryFind("x-request-id"u8, out ReadOnlySpan<byte> known))
        {
            writer.Text(ProxySpan.RequestIdFieldNumber, known, MaxText);
        }
        if (trace.KeepsState && request.Fields.TryFind("tracestate"u8, out ReadOnlySpan<byte> state) && state.Length <= MaxState)
            writer.Text(ProxySpan.TraceStateFieldNumber, state, MaxState);
    }

    private static void WriteSeries(ref SpanFieldWriter writer, in SeriesKey key)
    {
        writer.Text(ProxySpan.RouteFieldNumber, key.Route);
        writer.Text(ProxySpan.BackendFieldNumber, key.Backend);
        writer.Text(ProxySpan.PeerIdentityFieldNumber, key.PeerIdentity);
        writer.Text(ProxySpan.PeerWorkloadFieldNumber, key.PeerWorkload);
        if (key.ServiceName.Length == 0) return;
        Span<byte> bytes = stackalloc byte[MaxService];
        var service = new SpanFieldWriter(bytes);
        service.Text(ServiceReference.NamespaceFieldNumber, key.ServiceNamespace);
        service.Text(ServiceReference.NameFieldNumber, key.ServiceName);
        service.Number(ServiceReference.PortFieldNumber, (ulong)key.ServicePort);
        if (!service.Overflowed) writer.Bytes(ProxySpan.ServiceFieldNumber, bytes[..service.Written]);
    }

    private static void WriteTags(ref SpanFieldWriter writer, TracingModel model, in FieldsView fields)
    {
        Span<byte> bytes = stackalloc byte[2 * TracingModel.MaxTagBytes + 16];
        foreach (TagModel tag in model.Tags)
        {
            ReadOnlySpan<byte> value = tag.Value;
            bool fixedValue = tag.Header.Length == 0 || !fields.TryFind(tag.Header, out value);
            if (fixedValue) value = tag.Value;
            if (value.IsEmpty) continue;
            var element = new SpanFieldWriter(bytes);
            element.Bytes(SpanTag.NameFieldNumber, tag.Name);
            if (fixedValue) element.Bytes(SpanTag.ValueFieldNumber, value);
            else element.Text(SpanTag.ValueFieldNumber, value, TracingModel.MaxTagBytes);
            if (!element.Overflowed) writer.Bytes(ProxySpan.TagsFieldNumber, bytes[..element.Written]);
        }
    }
}
