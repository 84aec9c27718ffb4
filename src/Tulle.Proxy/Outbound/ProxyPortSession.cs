using System.Buffers;
using Tulle.Http.Detection;
using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// A connection to the port that applications use as their HTTP proxy: every request names its own authority. Tells HTTP/2 with
/// prior knowledge from HTTP/1.x, and the application's own TLS, which names its server in the ClientHello and is carried there;
/// whatever is neither is refused as bad HTTP/1.x.
/// </summary>
internal sealed class ProxyPortSession(Worker worker, Connection client) : Session(worker, client)
{
    private enum Kind
    {
        Undecided,
        Http1,
        Http2,
        Tls,
        Nameless,
        Gone,
    }

    // TLS without a port is HTTPS; a client that wants another port asks for it with CONNECT.
    private static ReadOnlySpan<byte> TlsPort => ":443"u8;

    private const byte TlsHandshakeRecord = 22;

    // RFC 6066 §3 asks for a DNS host name; '_' is common in the wild.
    private static readonly SearchValues<byte> HostName = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-."u8);

    private byte[] _authority = [];

    public override void Abort()
    {
        Client?.Close();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        try
        {
            SetDeadline(Worker.IsDraining ? Worker.Config.DrainLinger : Worker.Config.IdleTimeout);
            Kind kind;
            while ((kind = Detect()) == Kind.Undecided)
            {
                if (!await this) return;
                if (Worker.IsDraining) SetDeadline(Worker.Config.DrainLinger);
            }
            if (kind == Kind.Gone) return;
            ClearDeadline();
            if (kind == Kind.Nameless)
            {
                Worker.Metrics.CountError(Direction.Outbound, MeshErrors.Of(MeshError.BadRequest).Token);
                Client!.CloseWithReset();
                return;
            }
            if (kind == Kind.Tls)
            {
                // Counted there, with what else a connection to one authority may be.
                new OutboundSession(Worker, HandOver(), _authority).Start();
                return;
            }
            Worker.Metrics.Connections.Count(Direction.Outbound, kind == Kind.Http2 ? DetectionResult.Http2 : DetectionResult.Http1);
            Connection client = HandOver();
            var origin = new OutboundOrigin(client, authority: null);
            if (kind == Kind.Http2) origin.ServeHttp2(Worker, client);
            else origin.ServeHttp1(Worker, client);
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            End();
        }
    }

    private Kind Detect()
    {
        Connection client = Client!;
        while (true)
        {
            ReadOnlySpan<byte> first = client.Received, preface = ProtocolDetector.Http2Preface;
            if (!first.IsEmpty && first[0] == TlsHandshakeRecord) return DetectTls();
            int common = Math.Min(first.Length, preface.Length);
            if (!first[..common].SequenceEqual(preface[..common])) return Kind.Http1;
            if (common == preface.Length) return Kind.Http2;
            switch (client.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return Kind.Undecided;
                default:
                    return Kind.Gone;
            }
        }
    }

    /// <summary>Without a name in its ClientHello nobody knows where TLS is to go.</summary>
    private Kind DetectTls()
    {
        if (ServerName.Read(Client!, Worker.Scratch, out _, out byte[] name) == Step.Wait) return Kind.Undecided;
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(HostName)) return Kind.Nameless;
        _authority = [.. name, .. TlsPort];
        return Kind.Tls;
    }
}
