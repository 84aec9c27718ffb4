using Tulle.Http;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// A whole response that the proxy gives itself: an error of the mesh, a redirect, a direct response, a CORS preflight. Compiled
/// ones are made once and not changed; any thread.
/// </summary>
internal sealed class LocalAnswer
{
    /// <summary>Why the mesh answers; None for an answer that a route asks for.</summary>
    public MeshError Error { get; set; }

    public required int Status { get; set; }

    /// <summary>Fields beside the length of the body.</summary>
    public IReadOnlyList<FieldLine> Fields { get; init; } = [];

    /// <summary>At most 32 KiB, so that it fits every codec's buffers.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>The HTTP/1.1 connection cannot be used after it. HTTP/2 ends the stream only.</summary>
    public bool Close { get; init; }
}
