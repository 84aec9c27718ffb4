using System.Globalization;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Http.Tracing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.AccessLog;

/// <summary>Writes an exchange in a compiled format. Allocates nothing.</summary>
internal ref partial struct AccessLogLine(Span<byte> destination, AccessLogModel model)
{
    private SpanWriter _writer = new(destination);
    private AccessLogPart _part = null!;

    /// <summary>Writes the line. 0: it did not fit.</summary>
    public int Write(in AccessLogEntry entry)
    {
        foreach (AccessLogPart part in model.Parts)
        {
            _part = part;
            if (part.Operator == AccessLogOperator.Literal) _writer.Write(part.Text);
            else Write(part.Operator, entry);
        }
        return _writer.Overflowed ? 0 : _writer.Written;
    }

    private void Write(AccessLogOperator what, in AccessLogEntry entry)
    {
        switch (what)
        {
            case AccessLogOperator.Req: WriteRequestField(entry); break;
            case AccessLogOperator.Resp or AccessLogOperator.Trailer: WriteResponseField(entry); break;
            case AccessLogOperator.StartTime: WriteTime(entry.Start); break;
            case AccessLogOperator.Protocol: Text(entry.Protocol); break;
            case AccessLogOperator.ResponseCode: Number(entry.Status); break;
            case AccessLogOperator.ResponseFlags: WriteFlags(entry.Flags); break;
            case AccessLogOperator.ResponseCodeDetails: WriteDetails(entry); break;
            case AccessLogOperator.ConnectionTerminationDetails: Absent(); break;
            case AccessLogOperator.UpstreamTransportFailureReason: Text((entry.Flags & ResponseFlags.UpstreamConnect) == 0 ? null : entry.Error?.Text); break;
            case AccessLogOperator.BytesReceived: Number(entry.BytesReceived); break;
            case AccessLogOperator.BytesSent: Number(entry.BytesSent); break;
            case AccessLogOperator.Duration: Number(entry.DurationMicros / 1000); break;
            case AccessLogOperator.ResponseDuration: Number(entry.ResponseMicros / 1000, entry.ResponseMicros >= 0); break;
            case AccessLogOperator.UpstreamHost: Text(entry.UpstreamHost); break;
            case AccessLogOperator.UpstreamCluster: Text(entry.UpstreamCluster); break;
            case AccessLogOperator.UpstreamLocalAddress: Address(entry.UpstreamLocal, withPort: true); break;
            case AccessLogOperator.UpstreamPeerUriSan: Text(entry.UpstreamIdentity); break;
            case AccessLogOperator.UpstreamRequestAttemptCount: Number(entry.Attempts); break;
            case AccessLogOperator.DownstreamLocalAddress: Address(entry.DownstreamLocal, withPort: true); break;
            case AccessLogOperator.DownstreamRemoteAddress: Address(entry.DownstreamRemote, withPort: true); break;
            case AccessLogOperator.DownstreamRemoteAddressWithoutPort: Address(entry.DownstreamRemote, withPort: false); break;
            case AccessLogOperator.DownstreamPeerUriSan: Text(entry.DownstreamIdentity); break;
            case AccessLogOperator.RequestedServerName: Text(entry.ServerName); break;
            case AccessLogOperator.RouteName: Text(entry.RouteName); break;
            case AccessLogOperator.TraceId: WriteTraceId(entry.TraceId); break;
            case AccessLogOperator.GrpcStatus: Number(entry.GrpcStatus, entry.GrpcStatus >= 0); break;
            case AccessLogOperator.Direction: Text(entry.IsInbound ? "inbound"u8 : "outbound"u8); break;
            case AccessLogOperator.MeshError: Text(entry.Error?.Token); break;
        }
    }

    private void WriteRequestField(in AccessLogEntry entry)
    {
        if (TryWriteRequestField(entry, _part.Text)) return;
        if (_part.Alternative.Length == 0 || !TryWriteRequestField(entry, _part.Alternative)) Absent();
    }

    private bool TryWriteRequestField(in AccessLogEntry entry, ReadOnlySpan<byte> name)
    {
        RequestView request = entry.Request;
        if (name[0] != ':')
        {
            if (!request.Fields.TryFind(name, out ReadOnlySpan<byte> value)) return TryWriteGivenId(entry, name);
            Text(value);
            return true;
        }
        if (request.Method.IsEmpty) return false;
        if (name.SequenceEqual(":path"u8))
        {
            Open();
            Escaped(request.Path);
            if (request.HasQuery) _writer.Write("?"u8);
            Escaped(request.Query);
            Close();
            return true;
        }
        ReadOnlySpan<byte> part = name.SequenceEqual(":method"u8) ? request.Method
            : name.SequenceEqual(":authority"u8) ? request.Authority
            : name.SequenceEqual(":scheme"u8) ? request.Scheme
            : default;
        if (part.IsEmpty) return false;
        Text(part);
        return true;
    }

    /// <summary>The line of the proxy that gave the request its id shows it like those of the proxies behind.</summary>
    private bool TryWriteGivenId(in AccessLogEntry entry, ReadOnlySpan<byte> name)
    {
        if (entry.RequestId == default || !name.SequenceEqual("x-request-id"u8)) return false;
        Span<byte> id = stackalloc byte[RequestId.Length];
        RequestId.Write(entry.RequestId.High, entry.RequestId.Low, id);
        Text(id);
        return true;
    }

    private void WriteTraceId((ulong High, ulong Low) trace)
    {
        Span<byte> id = stackalloc byte[2 * TraceHex.Digits];
        TraceHex.Write(trace.High, id);
        TraceHex.Write(trace.Low, id[TraceHex.Digits..]);
        Text(trace == default ? default : id);
    }

    private void WriteResponseField(in AccessLogEntry entry)
    {
        if (_part.Capture < 0)
        {
            if (_part.Text.AsSpan().SequenceEqual(":status"u8)) Number(entry.Status);
            else Number(entry.UpstreamMicros / 1000, entry.Error is null && entry.UpstreamMicros >= 0);
            return;
        }
        if (entry.Captured is not null && entry.Captured.TryGet(_part.Capture, out ReadOnlySpan<byte> value)) Text(value);
        else Absent();
    }

    private void WriteTime(DateTimeOffset time)
    {
        if (_part.IsUnixTime)
        {
            Number(time.ToUnixTimeSeconds());
            return;
        }
        Span<byte> text = stackalloc byte[128];
        if (time.UtcDateTime.TryFormat(text, out int length, _part.TimeFormat ?? TimeFormats.Default, CultureInfo.InvariantCulture)) Text(text[..length]);
        else Absent();
    }

    private void WriteFlags(ResponseFlags flags)
    {
        if (flags == ResponseFlags.None)
        {
            // Envoy writes "-" here even in JSON.
            Text("-"u8);
            return;
        }
        Open();
        bool first = true;
        for (int bit = 0; bit < FlagNames.Count; bit++)
        {
            if (((int)flags >> bit & 1) == 0) continue;
            if (!first) _writer.Write(","u8);
            _writer.Write(FlagNames.Of(bit));
            first = false;
        }
        Close();
    }

    private void WriteDetails(in AccessLogEntry entry)
    {
        if (entry.Error is not null) Text(entry.Error.Details);
        else Text(entry.Status == 0 ? null : (entry.Flags & ResponseFlags.FaultInjected) != 0 ? "fault_filter_abort" : entry.Attempts == 0 ? "direct_response" : "via_upstream");
    }
}
