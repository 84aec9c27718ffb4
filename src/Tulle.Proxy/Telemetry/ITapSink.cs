using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>What the data path tells a running tap. Called from any event loop; never blocks, drops what it cannot keep.</summary>
internal interface ITapSink
{
    /// <summary>False almost always, and then the data path does nothing for tap. A plain field read.</summary>
    bool IsActive { get; }

    /// <summary>Offers a request, with its header fields. Returns the stream number to report the rest under, or 0 when no tap wants it.</summary>
    ulong OnRequest(in TapRequestInfo request, ReadOnlySpan<byte> method, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path, in FieldsView fields);

    /// <summary>Reports the head of the response of <paramref name="stream"/>, which is not 0.</summary>
    /// <param name="latencyMicros">Since the request's head was read, in microseconds.</param>
    /// <param name="meshError">The reason token when the mesh answered itself, otherwise null.</param>
    void OnResponse(ulong stream, int status, long latencyMicros, string? meshError, in FieldsView fields);

    /// <summary>Reports the trailer fields of the response of <paramref name="stream"/>, which is not 0, before its end.</summary>
    void OnTrailers(ulong stream, in FieldsView trailers);

    /// <summary>Reports the end of the response of <paramref name="stream"/>, which is not 0.</summary>
    /// <param name="durationMicros">Since the request's head was read, in microseconds.</param>
    /// <param name="responseBytes">Bytes of body.</param>
    /// <param name="resetError">Why the response was cut off, null when it was complete.</param>
    void OnEnd(ulong stream, long durationMicros, long responseBytes, string? resetError);
}

/// <summary>The sides of a tapped request.</summary>
internal readonly record struct TapRequestInfo(
    Direction Direction, string Source, string Destination, bool Tls, string PeerIdentity, string ServiceNamespace, string ServiceName);
