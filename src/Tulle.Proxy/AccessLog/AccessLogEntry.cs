using System.Net;
using Tulle.Http;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.AccessLog;

/// <summary>What is known of a finished exchange, for its line in the access log and its span. Lives on the stack, at its end.</summary>
internal ref struct AccessLogEntry
{
    /// <summary>Empty when no request could be read.</summary>
    public RequestView Request { get; set; }

    /// <summary>"HTTP/1.1", "HTTP/2".</summary>
    public ReadOnlySpan<byte> Protocol { get; set; }

    public bool IsInbound { get; set; }

    public DateTimeOffset Start { get; set; }

    public long DurationMicros { get; set; }

    /// <summary>Until the response's head; negative without one.</summary>
    public long ResponseMicros { get; set; }

    /// <summary>From sending the last try to its response's head; negative without one.</summary>
    public long UpstreamMicros { get; set; }

    /// <summary>0: no response was begun.</summary>
    public int Status { get; set; }

    public ResponseFlags Flags { get; set; }

    /// <summary>Null when the server answered.</summary>
    public MeshErrorModel? Error { get; set; }

    /// <summary>Of the body.</summary>
    public long BytesReceived { get; set; }

    /// <inheritdoc cref="BytesReceived"/>
    public long BytesSent { get; set; }

    /// <summary>address:port; empty when none was reached.</summary>
    public string UpstreamHost { get; set; }

    public string UpstreamCluster { get; set; }

    public string UpstreamIdentity { get; set; }

    public IPEndPoint? UpstreamLocal { get; set; }

    public IPEndPoint? DownstreamLocal { get; set; }

    public IPEndPoint? DownstreamRemote { get; set; }

    /// <summary><see cref="DownstreamRemote"/> as text.</summary>
    public string DownstreamText { get; set; }

    public string DownstreamIdentity { get; set; }

    public string RouteName { get; set; }

    public string ServerName { get; set; }

    public int Attempts { get; set; }

    /// <summary>Of the trace, first and last 64 bits; 0: none was begun.</summary>
    public (ulong High, ulong Low) TraceId { get; set; }

    /// <summary>The <c>x-request-id</c> that the request was given; 0: it came with one, or there is none.</summary>
    public (ulong High, ulong Low) RequestId { get; set; }

    /// <summary>-1: not gRPC.</summary>
    public int GrpcStatus { get; set; }

    /// <summary>Fields of the response that were kept; null for none.</summary>
    public AccessLogCapture? Captured { get; set; }
}
