using System.Globalization;
using System.Net;
using System.Text.Unicode;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.AccessLog;

/// <summary>Writes an exchange in a compiled format. Allocates nothing.</summary>
internal ref struct AccessLogLine(Span<byte> destination, AccessLogModel model)
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
            case AccessLogOperator.GrpcStatus: Number(entry.GrpcStatus, entry.GrpcStatus >= 0); break;
            case AccessLogOperator.Direction: Text(entry.IsInbound ? "inbound"u8 : "outbound"u8); break;
            case AccessLogOperator.MeshError: Text(entry.Error?.Token); break;
        }
    }

    private void WriteRequestField(in AccessLogEntry entry)
    {
        if (TryWriteRequestField(entry.Request, _part.Text)) return;
        if (_part.Alternative.Length == 0 || !TryWriteRequestField(entry.Request, _part.Alternative)) Absent();
    }

    private bool TryWriteRequestField(in RequestView request, ReadOnlySpan<byte> name)
    {
        if (name[0] != ':')
        {
            if (!request.Fields.TryFind(name, out ReadOnlySpan<byte> value)) return false;
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

    private void Address(IPEndPoint? endPoint, bool withPort)
    {
        Span<byte> text = stackalloc byte[64];
        if (endPoint is null || !endPoint.Address.TryFormat(text[1..], out int length))
        {
            Absent();
            return;
        }
        if (!withPort)
        {
            Text(text.Slice(1, length));
            return;
        }
        int start = 1;
        if (endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            text[0] = (byte)'[';
            text[1 + length++] = (byte)']';
            start = 0;
            length++;
        }
        text[start + length++] = (byte)':';
        endPoint.Port.TryFormat(text[(start + length)..], out int digits, default, CultureInfo.InvariantCulture);
        Text(text.Slice(start, length + digits));
    }

    private void Number(long number, bool isThere = true)
    {
        if (isThere) _writer.Write(number);
        else Absent();
    }

    private void Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Absent();
            return;
        }
        Span<byte> bytes = stackalloc byte[1024];
        Utf8.FromUtf16(text, bytes, out _, out int written);
        Text(bytes[..written]);
    }

    private void Text(scoped ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            Absent();
            return;
        }
        Open();
        Escaped(text.Length > _part.MaxLength ? text[.._part.MaxLength] : text);
        Close();
    }

    private void Open()
    {
        if (_part.IsJsonValue) _writer.Write("\""u8);
    }

    private void Close() => Open();

    private void Absent() => _writer.Write(_part.IsJsonValue ? "null"u8 : "-"u8);

    /// <summary>What a peer sent must neither end a line, nor a quoted value, nor make JSON invalid.</summary>
    private void Escaped(scoped ReadOnlySpan<byte> text)
    {
        bool latin = model.IsJson && !Utf8.IsValid(text);
        int run = 0;
        Span<byte> digits = stackalloc byte[2];
        for (int i = 0; i < text.Length; i++)
        {
            byte next = text[i];
            if (next is >= 0x20 and not ((byte)'"' or (byte)'\\' or 0x7f) && (next < 0x80 || !latin)) continue;
            _writer.Write(text[run..i]);
            run = i + 1;
            _writer.Write(model.IsJson ? "\\u00"u8 : "\\x"u8);
            digits[0] = Hexadecimal(next >> 4);
            digits[1] = Hexadecimal(next & 15);
            _writer.Write(digits);
        }
        _writer.Write(text[run..]);
    }

    private static byte Hexadecimal(int digit) => "0123456789abcdef"u8[digit];
}
