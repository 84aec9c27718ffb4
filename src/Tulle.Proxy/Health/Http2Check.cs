using System.Text;
using Tulle.Http;
using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Health;

/// <summary>One check in HTTP/2, on a connection of its own: a GET, or a call of gRPC's health service. Loop thread only.</summary>
internal sealed class Http2Check
{
    // gRPC over HTTP/2: not compressed, no bytes. An empty HealthCheckRequest asks about the server as a whole.
    private static ReadOnlySpan<byte> EmptyMessage => [0, 0, 0, 0, 0];

    // A HealthCheckResponse that says SERVING (field 1, a varint, 1), and nothing else.
    private static ReadOnlySpan<byte> Serving => [0, 0, 0, 0, 2, 0x08, 0x01];

    private readonly HealthCheckModel _model;
    private readonly Http2Connection _codec;
    private readonly Http2Stream _stream;
    private readonly byte[] _message = new byte[Serving.Length];
    private int _received;

    public Http2Check(Worker worker, HealthCheckModel model)
    {
        _model = model;
        _codec = new Http2Connection(Http2Role.Client, memory: worker.Http2Memory, nowMs: worker.Loop.NowMs);
        // A new connection may carry at least one.
        _stream = _codec.TryOpen()!;
        _codec.BeginRequest(_stream, model.IsGrpc ? "POST"u8 : "GET"u8, "http"u8, model.Authority, model.Path);
        _codec.Field("user-agent"u8, HealthCheckModel.UserAgent);
        if (model.IsGrpc)
        {
            _codec.Field("content-type"u8, "application/grpc"u8);
            _codec.Field("te"u8, "trailers"u8);
        }
        _codec.EndHead(_stream, endStream: !model.IsGrpc);
        if (model.IsGrpc) _codec.WriteData(_stream, EmptyMessage, endStream: true);
    }

    /// <summary>Why it failed.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>Sends and reads what can be. Done: the server is well; Failed, with <see cref="Failure"/>; Wait.</summary>
    public Step Run(Connection connection)
    {
        while (true)
        {
            if (!Flush(connection)) return Fail(EndpointChecker.ClosedEarly);
            if (Read(connection) is var read and not Step.Wait)
            {
                // GOAWAY tells a server that broke the protocol how, if it still takes it.
                if (read == Step.Failed) Flush(connection);
                return read;
            }
            IoStatus received = connection.Receive();
            // A frame of the largest size and its header are nine bytes more than a buffer.
            if (received == IoStatus.Done || (received == IoStatus.Full && connection.Grow())) continue;
            return received == IoStatus.Wait && Flush(connection) ? Step.Wait : Fail(EndpointChecker.ClosedEarly);
        }
    }

    /// <summary>Gives its memory back.</summary>
    public void Close()
    {
        _codec.Close();
        _codec.Release(_stream);
    }

    private bool Flush(Connection connection)
    {
        if (connection.HasUnsent && connection.Flush() is var flushed and not IoStatus.Done) return flushed == IoStatus.Wait;
        while (_codec.OutputLength > 0)
        {
            int n = connection.Write(_codec.Output);
            if (n <= 0) return n == 0;
            _codec.Sent(n);
        }
        return true;
    }

    private Step Read(Connection connection)
    {
        while (true)
        {
            Http2Event e = _codec.Read(connection.Received, out int consumed);
            Step step = e.Kind == Http2EventKind.ConnectionError ? Fail($"no HTTP/2 response: {e.Error.Text}") : e.Stream == _stream ? Take(e) : Step.Wait;
            connection.Consume(consumed);
            if (step != Step.Wait || e.Kind == Http2EventKind.NeedMore) return step;
        }
    }

    private Step Take(in Http2Event e)
    {
        switch (e.Kind)
        {
            case Http2EventKind.Response:
                if (_stream.Head.Status is < 200 or > 299) return Fail($"status {_stream.Head.Status}");
                if (!_model.IsGrpc) return Step.Done;
                return e.EndStream ? Judge(_stream.Head.Fields) : Step.Wait;
            case Http2EventKind.Data:
                int count = Math.Min(e.Data.Length, _message.Length - _received);
                e.Data[..count].CopyTo(_message.AsSpan(_received));
                _received += count;
                return e.EndStream ? Fail("no grpc-status") : Step.Wait;
            case Http2EventKind.Trailers:
                return Judge(_stream.Trailers.Fields);
            case Http2EventKind.Reset:
                return Fail("the stream was reset");
            default:
                return Step.Wait;
        }
    }

    private Step Judge(in FieldsView fields)
    {
        if (!fields.TryFind("grpc-status"u8, out ReadOnlySpan<byte> status)) return Fail("no grpc-status");
        if (status.SequenceEqual("12"u8)) return Fail("the server has no grpc.health.v1.Health; let an empty path check that it can be connected to");
        if (!status.SequenceEqual("0"u8)) return Fail($"grpc-status {Encoding.ASCII.GetString(status)}");
        return _message.AsSpan().SequenceEqual(Serving) ? Step.Done : Fail("not SERVING");
    }

    private Step Fail(string why)
    {
        Failure = why;
        return Step.Failed;
    }
}
