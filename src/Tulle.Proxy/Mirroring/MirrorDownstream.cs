using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Outbound;
using Tulle.Transport;

namespace Tulle.Proxy.Mirroring;

/// <summary>
/// The client's side of a mirrored request: a whole request in a buffer of its own, and nobody to read the response. Loop thread only.
/// </summary>
internal sealed class MirrorDownstream(MirrorPool pool, Worker worker) : Downstream
{
    // What a buffer keeps between two requests.
    private const int KeptBytes = 16 * 1024;

    private readonly Http1RequestHead _head = new();
    private byte[] _buffer = [];
    private ClientOrigin _origin = null!;
    private int _length;
    private int _consumed;
    private bool _pending;
    private bool _started;

    /// <summary>Where the request goes.</summary>
    public BackendState Backend { get; private set; } = null!;

    /// <summary>The request came in HTTP/2, so it goes on in HTTP/2 where the endpoint takes both.</summary>
    public bool IsHttp2 { get; private set; }

    public override ClientOrigin Origin => _origin;

    // What is copied is content, without a connection's framing.
    public override bool IsHttp1 => false;

    public override bool CheckGone() => false;

    public override bool HasBegun => _pending;

    public override RequestView Request => new(_head, _buffer);

    public override bool HasBody => _length > _head.Length;

    public override long ContentLength => _length - _head.Length;

    public override ReadOnlySpan<byte> UpgradeProtocol => default;

    public override ReadOnlySpan<byte> Body => _buffer.AsSpan(_head.Length + _consumed, _length - _head.Length - _consumed);

    public override bool BodyEnded => _head.Length + _consumed == _length;

    public override FieldsView Trailers => default;

    public override bool CanReplay => true;

    public override bool HasUnsent => false;

    public override bool ResponseStarted => _started;

    /// <summary>
    /// Takes a copy of a request whose whole body is still there, as it was sent on. False when it cannot be copied. The
    /// attempt under way must have consumed the body.
    /// </summary>
    public bool TryTake(Downstream request, Exchange exchange, BackendState backend)
    {
        Backend = backend;
        IsHttp2 = !request.IsHttp1;
        _origin = request.Origin;
        _length = 0;
        _consumed = 0;
        _started = false;
        long length = request.ContentLength >= 0 ? request.ContentLength : Count(request);
        if (length > MirrorPool.MaxBody) return false;

        Span<byte> scratch = worker.Scratch;
        var writer = new SpanWriter(scratch);
        WriteHead(ref writer, request, exchange, length);
        if (writer.Overflowed) return false;
        Ensure(writer.Written + (int)length);
        scratch[..writer.Written].CopyTo(_buffer);
        _length = writer.Written;
        request.BeginBody(framed: false);
        if (!TryCopyBody(request)) return false;

        _head.Reset();
        _pending = _head.Parse(_buffer.AsSpan(0, _length)) == Tulle.Http.ParseResult.Complete;
        return _pending;
    }

    public override Step ReadHead(out LocalAnswer? refusal)
    {
        refusal = null;
        if (_pending) return Step.Done;
        return worker.IsDraining ? Step.Failed : Step.Wait;
    }

    public override LocalAnswer? OnHeadTimeout() => null;

    public override void BeginBody(bool framed) => _consumed = 0;

    public override void ConsumeBody(int count) => _consumed += count;

    public override Step FillBody(out MeshError error)
    {
        error = MeshError.None;
        return Step.Done;
    }

    public override void ForgetBody()
    {
    }

    public override bool WriteInterim(Upstream response) => true;

    public override bool WriteHead(Upstream response, in HeadEdits edits) => _started = true;

    public override int Write(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override bool End(in FieldsView trailers) => true;

    public override bool Answer(LocalAnswer answer) => true;

    public override IoStatus Flush() => IoStatus.Done;

    public override void Reset(MeshError error)
    {
    }

    public override bool EndExchange()
    {
        _pending = false;
        if (_buffer.Length > KeptBytes) _buffer = [];
        pool.Return((MirrorSession)Session);
        return true;
    }

    public override Step Linger() => Step.Done;

    public override void Close() => pool.Forget();

    public override Connection? TakeConnection() => null;

    /// <summary>Bytes of content. Leaves the body at its end, where it was.</summary>
    private static long Count(Downstream request)
    {
        long length = 0;
        request.BeginBody(framed: false);
        while (TryNext(request, out ReadOnlySpan<byte> body))
        {
            length += body.Length;
            request.ConsumeBody(body.Length);
        }
        return length;
    }

    private bool TryCopyBody(Downstream request)
    {
        while (TryNext(request, out ReadOnlySpan<byte> body))
        {
            Ensure(_length + body.Length);
            body.CopyTo(_buffer.AsSpan(_length));
            _length += body.Length;
            request.ConsumeBody(body.Length);
        }
        return request.BodyEnded;
    }

    /// <summary>The next piece of a body that is all here; false at its end.</summary>
    private static bool TryNext(Downstream request, out ReadOnlySpan<byte> body)
    {
        body = request.Body;
        while (body.IsEmpty && !request.BodyEnded)
        {
            if (request.FillBody(out _) != Step.Done) return false;
            body = request.Body;
        }
        return !body.IsEmpty;
    }

    private static void WriteHead(ref SpanWriter writer, Downstream request, Exchange exchange, long length)
    {
        RequestView view = request.Request;
        var edits = new HeadEdits { Fields = exchange.RequestEdits.Items };
        writer.Write(view.Method);
        writer.Write(" "u8);
        if (exchange.Target.Length > 0)
        {
            writer.Write(exchange.Target.Span);
        }
        else
        {
            writer.Write(view.Path);
            if (view.HasQuery) writer.Write("?"u8);
            writer.Write(view.Query);
        }
        writer.Write(" HTTP/1.1\r\nhost: "u8);
        writer.Write(exchange.Authority.Length > 0 ? exchange.Authority.Span : view.Authority);
        writer.Write("\r\n"u8);
        foreach (ref readonly HeaderSlot slot in view.Fields.Slots)
        {
            ReadOnlySpan<byte> name = view.Fields.NameOf(slot);
            if (slot.IsHopByHop || slot.Id is KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding or KnownHeader.Expect
                or KnownHeader.Te || Ascii.EqualsIgnoreCase(name, "trailer"u8) || edits.Removes(slot.Id, name)) continue;
            writer.Write(name);
            writer.Write(": "u8);
            writer.Write(view.Fields.ValueOf(slot));
            writer.Write("\r\n"u8);
        }
        edits.WriteAdded(ref writer);
        if (length > 0)
        {
            writer.Write("content-length: "u8);
            writer.Write(length);
            writer.Write("\r\n"u8);
        }
        writer.Write("\r\n"u8);
    }

    private void Ensure(int length)
    {
        if (_buffer.Length < length) Array.Resize(ref _buffer, Math.Max(length, 1024));
    }
}
