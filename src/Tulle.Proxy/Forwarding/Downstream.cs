using Tulle.Http;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// The client's side of one exchange, whatever it speaks: <c>Http1Downstream</c> is a connection, <c>Http2Downstream</c> one
/// stream. It reads a request, keeps what may have to be sent again, and writes the response. <see cref="HttpSession"/> drives
/// it and is the only one that awaits; nothing here blocks, throws or allocates. Loop thread only.
/// </summary>
/// <remarks>
/// The order of calls for one request: <see cref="ReadHead"/> until Done; for each attempt <see cref="BeginBody"/>, then
/// <see cref="Body"/>, <see cref="ConsumeBody"/> and <see cref="FillBody(out MeshError)"/> until <see cref="BodyEnded"/>; any number of
/// <see cref="WriteInterim"/>; then either <see cref="WriteHead"/>, <see cref="Write"/> and <see cref="End"/>, or
/// <see cref="Answer"/>; at last <see cref="EndExchange"/>, or <see cref="Reset"/> where the response cannot be completed.
/// Whatever says Wait signals <see cref="Session"/> when trying again may help.
/// </remarks>
internal abstract class Downstream
{
    /// <summary>The session that serves it and that is signaled when something can go on.</summary>
    public HttpSession Session { get; set; } = null!;

    /// <summary>Where the client's requests come from. With HTTP/2 it changes from one stream to the next.</summary>
    public abstract ClientOrigin Origin { get; }

    /// <summary>Codec of the messages: bodies pass between two sides of HTTP/1.1 with their framing, untouched.</summary>
    public abstract bool IsHttp1 { get; }

    /// <summary>
    /// Whether nothing can reach the client any more: its connection broke, or it reset the stream. Called after every wait of an
    /// exchange, so that a client that may be gone can be asked.
    /// </summary>
    public abstract bool CheckGone();

    /// <summary>
    /// Reads until a request's head is complete; between requests it waits for the next. Sets the session's deadlines
    /// for idle connections and slow heads itself. Failed: there is no request to serve, and <paramref name="refusal"/> says
    /// what to tell the client before it ends; null when there is nobody to tell.
    /// </summary>
    public abstract Step ReadHead(out LocalAnswer? refusal);

    /// <summary>The deadline that <see cref="ReadHead"/> had set has passed. What to answer; null to end without a word.</summary>
    public abstract LocalAnswer? OnHeadTimeout();

    /// <summary>Whether the beginning of a request is here, so that the loop keeps state for it.</summary>
    public abstract bool HasBegun { get; }

    /// <summary>The head. From a Done of <see cref="ReadHead"/> to <see cref="EndExchange"/>; its spans until the next call here.</summary>
    public abstract RequestView Request { get; }

    /// <summary>Whether a body follows, maybe an empty one; known from the head.</summary>
    public abstract bool HasBody { get; }

    /// <summary>Bytes of content that the head announces; -1 when it does not say.</summary>
    public abstract long ContentLength { get; }

    /// <summary>
    /// The protocol that the client wants to switch to (RFC 9110 §7.8; <c>:protocol</c> of RFC 8441), such as
    /// <c>websocket</c>; empty without.
    /// </summary>
    public abstract ReadOnlySpan<byte> UpgradeProtocol { get; }

    /// <summary>
    /// Starts at the body's first byte, for the first attempt and for each further one. Only while <see cref="CanReplay"/>,
    /// which is always so for the first.
    /// </summary>
    /// <param name="framed">
    /// True to get HTTP/1.1's bytes as they came, with chunk framing and trailers; only where <see cref="IsHttp1"/>. False to
    /// get content.
    /// </param>
    public abstract void BeginBody(bool framed);

    /// <summary>What is here of the body and was not consumed in this attempt; all of it checked. Empty when there is nothing now.</summary>
    public abstract ReadOnlySpan<byte> Body { get; }

    /// <summary>
    /// The first bytes of <see cref="Body"/> were taken by the server's side. While <see cref="CanReplay"/> they are kept;
    /// otherwise their place (and with HTTP/2 their window) is free again.
    /// </summary>
    public abstract void ConsumeBody(int count);

    /// <summary>
    /// Called while <see cref="Body"/> is empty and the body has not ended: receives more. Done: look again; Wait; Failed: the
    /// client is gone (<see cref="MeshError.ClientGone"/>) or broke the protocol.
    /// </summary>
    public abstract Step FillBody(out MeshError error);

    /// <summary>The body has ended and every byte of it was consumed in this attempt.</summary>
    public abstract bool BodyEnded { get; }

    /// <summary>The trailer fields, once <see cref="BodyEnded"/> and not framed; no slots when there are none.</summary>
    public abstract FieldsView Trailers { get; }

    /// <summary>Everything of the request is still here, so that it can be sent again.</summary>
    public abstract bool CanReplay { get; }

    /// <summary>From here on the request is not sent again: what is kept of the body is let go. The head stays.</summary>
    public abstract void ForgetBody();

    /// <summary>
    /// How many bytes of body may be kept for a replay; when more are consumed, <see cref="CanReplay"/> becomes false by
    /// itself. Set before <see cref="BeginBody"/> by whoever wants more than the codec keeps for free.
    /// </summary>
    public int ReplayLimit { get; set; }

    /// <summary>
    /// Bytes written to the client for this and earlier requests; only differences count. Whoever writes adds to it, and it is
    /// also how progress is noticed.
    /// </summary>
    public long BytesWritten { get; protected set; }

    /// <summary>Bytes of the request's body that were consumed in this attempt, with their framing where that is passed on.</summary>
    public long BodyBytes { get; protected set; }

    /// <summary>Passes a 1xx response on (RFC 9110 §15.2), if the client may have it. False: the client is gone.</summary>
    public abstract bool WriteInterim(Upstream response);

    /// <summary>
    /// Writes the response's head, and of its body what is here: consumes it from <paramref name="response"/>. After a response
    /// to an upgrade that was accepted, both bodies are the tunnel's bytes. False: the client is gone.
    /// </summary>
    public abstract bool WriteHead(Upstream response, in HeadEdits edits);

    /// <summary>
    /// Takes bytes of the response's body, as content or framed like <see cref="Upstream.Body"/>. How many; 0: wait; -1: the
    /// client is gone.
    /// </summary>
    public abstract int Write(ReadOnlySpan<byte> bytes);

    /// <summary>The response's body is complete. False: the client is gone.</summary>
    /// <param name="trailers">Trailer fields; none when the body was framed.</param>
    public abstract bool End(in FieldsView trailers);

    /// <summary>Writes a whole response that the proxy makes itself, with its length. False: the client is gone.</summary>
    public abstract bool Answer(LocalAnswer answer);

    /// <summary>Whether something that was written waits for the client to take more.</summary>
    public abstract bool HasUnsent { get; }

    /// <summary>Sends what waits.</summary>
    public abstract IoStatus Flush();

    /// <summary>Whether the response's head was written.</summary>
    public abstract bool ResponseStarted { get; }

    /// <summary>Cuts the response off such that the client cannot take it for complete. The exchange is over.</summary>
    public abstract void Reset(MeshError error);

    /// <summary>
    /// The exchange is over and its response written. True when <see cref="ReadHead"/> may be called for the next request;
    /// false when the connection must end, after <see cref="Linger"/>.
    /// </summary>
    public abstract bool EndExchange();

    /// <summary>Says goodbye such that the last response arrives. Done: close now; Wait; Failed: the client is gone.</summary>
    public abstract Step Linger();

    /// <summary>The session ends: gives back what is held. The session closes the connection, if it has one.</summary>
    public abstract void Close();

    /// <summary>
    /// Where the client asks to go on in HTTP/2 on its connection: the session that serves it from here on, beginning with the
    /// request that was read. Null otherwise.
    /// </summary>
    public virtual Session? UpgradeToHttp2() => null;

    /// <summary>
    /// Gives the connection away, with what was received behind the request's head; for CONNECT and tunnels. Null where a
    /// request does not own its connection.
    /// </summary>
    public abstract Connection? TakeConnection();
}
