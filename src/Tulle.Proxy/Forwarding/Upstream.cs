using Tulle.Http;
using Tulle.Proxy.Pooling;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// The server's side of one attempt, whatever it speaks: <c>Http1Upstream</c> has a connection to itself, <c>Http2Upstream</c>
/// one stream of a shared one. Taken from an <see cref="EndpointPool"/>, given back by <see cref="Release"/>.
/// <see cref="HttpSession"/> drives it and is the only one that awaits; nothing here blocks, throws or allocates. Loop thread only.
/// </summary>
/// <remarks>
/// The order of calls: <see cref="FinishConnect"/> until Done, <see cref="WriteHead"/>, then in both directions at once
/// <see cref="Write"/> until <see cref="End"/>, and <see cref="ReadHead"/> until a final head, <see cref="Body"/>,
/// <see cref="ConsumeBody"/>, <see cref="FillBody"/> until <see cref="BodyEnded"/>; at last <see cref="Release"/>. Whatever says
/// Wait signals <see cref="Session"/> when trying again may help.
/// </remarks>
internal abstract class Upstream
{
    /// <summary>The session that is signaled when something can go on. Null while pooled.</summary>
    public HttpSession? Session { get; set; }

    /// <summary>Codec of the messages: bodies pass between two sides of HTTP/1.1 with their framing, untouched.</summary>
    public abstract bool IsHttp1 { get; }

    /// <summary>The connection had carried a request before, so that the server may have closed it for idling.</summary>
    public abstract bool IsReused { get; }

    /// <summary>The other side proved an identity of the mesh.</summary>
    public abstract bool IsMeshed { get; }

    /// <summary>Bytes written to the server in this attempt. Whoever writes adds to it, and it is also how progress is noticed.</summary>
    public long BytesWritten { get; protected set; }

    /// <summary>Goes on with connecting. Done at once for a connection that is up.</summary>
    public abstract Step FinishConnect(out MeshError error);

    /// <summary>
    /// Sends the request's head, and of its body what is here: consumes it from <paramref name="request"/>. The error is None
    /// also where the server takes no more; its response may still come.
    /// </summary>
    /// <param name="request">The client's side; where both are HTTP/1.1, what comes after is framed.</param>
    /// <param name="edits">What to change in the head.</param>
    public abstract MeshError WriteHead(Downstream request, in HeadEdits edits);

    /// <summary>Takes bytes of the request's body, as <see cref="WriteHead"/> agreed. How many; 0: wait; -1: the server takes no more.</summary>
    public abstract int Write(ReadOnlySpan<byte> bytes);

    /// <summary>The request's body is complete. False: the server takes no more.</summary>
    /// <param name="trailers">Trailer fields; none when the body was framed.</param>
    public abstract bool End(in FieldsView trailers);

    /// <summary>Whether something that was written waits for the server to take more.</summary>
    public abstract bool HasUnsent { get; }

    /// <summary>Sends what waits.</summary>
    public abstract IoStatus Flush();

    /// <summary>
    /// Reads until a head is complete: an interim one (1xx but 101) or the final one. After an interim one it is called again.
    /// </summary>
    public abstract Step ReadHead(out MeshError error);

    /// <summary>
    /// The head that <see cref="ReadHead"/> completed. Its spans are valid until the next call here but
    /// <see cref="BeginBody"/>; keep what is needed longer.
    /// </summary>
    public abstract ResponseView Response { get; }

    /// <summary>Status of that head; valid until <see cref="Release"/>.</summary>
    public abstract int Status { get; }

    /// <summary>1xx other than 101: another head follows.</summary>
    public abstract bool IsInterim { get; }

    /// <summary>
    /// The server agreed to what <see cref="Downstream.UpgradeProtocol"/> asked for (101; 2xx to an extended CONNECT): both
    /// bodies are the tunnel's bytes from here on.
    /// </summary>
    public abstract bool SwitchesProtocol { get; }

    /// <summary>Bytes of content that the head announces; -1 when it does not say.</summary>
    public abstract long ContentLength { get; }

    /// <summary>False where a response has no body, whatever its fields say: to HEAD, 204, 304.</summary>
    public abstract bool HasBody { get; }

    /// <summary>Starts the body behind a final head, once, before the head goes to the client.</summary>
    /// <param name="framed">
    /// True to get HTTP/1.1's bytes as they came, with chunk framing and trailers; only where both sides are HTTP/1.1. False to
    /// get content.
    /// </param>
    public abstract void BeginBody(bool framed);

    /// <summary>What is here of the body and was not consumed; all of it checked. Empty when there is nothing now.</summary>
    public abstract ReadOnlySpan<byte> Body { get; }

    /// <summary>The first bytes of <see cref="Body"/> were taken by the client's side; their place, or window, is free again.</summary>
    public abstract void ConsumeBody(int count);

    /// <summary>Called while <see cref="Body"/> is empty and the body has not ended. Done: look again; Wait; Failed with the reason.</summary>
    public abstract Step FillBody(out MeshError error);

    /// <summary>The body has ended and every byte of it was consumed.</summary>
    public abstract bool BodyEnded { get; }

    /// <summary>The trailer fields, once <see cref="BodyEnded"/> and not framed; gRPC's status is in them.</summary>
    public abstract FieldsView Trailers { get; }

    /// <summary>Bytes of content consumed so far.</summary>
    public abstract long ContentBytes { get; }

    /// <summary>
    /// After a failure: provably nobody processed the request. HTTP/2: the stream was refused or lies above a GOAWAY's last
    /// (RFC 9113 §8.7). HTTP/1.1: the connection ended in an orderly way before the first byte of a response.
    /// </summary>
    public abstract bool NotProcessed { get; }

    /// <summary>Not a byte of a response has come.</summary>
    public abstract bool IsSilent { get; }

    /// <summary>
    /// The attempt is over. What can be used again goes back to the pool, and everything else is closed. An attempt that is
    /// abandoned is reset, so that the server's side notices at once. This object is free for another attempt.
    /// </summary>
    /// <param name="completed">Request and response are complete.</param>
    public abstract void Release(bool completed);

    /// <summary>Resets what it holds, for the end of a drain; the session finds out by trying.</summary>
    public abstract void Abort();

    /// <summary>
    /// Gives the connection away, with what was received behind the response's head, and frees this object; for tunnels. Null
    /// where an attempt does not own its connection.
    /// </summary>
    public abstract Connection? TakeConnection();
}
