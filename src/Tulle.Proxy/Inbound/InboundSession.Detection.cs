using System.Text;
using Tulle.Http.Detection;
using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Inbound;

// What the first bytes of a connection say that it is, and whether the port's policy takes that.
internal sealed partial class InboundSession
{
    // A hello that does not come whole is refused later by whoever serves it.
    private const int MaxPeek = BufferPool.BufferSize;

    private static readonly byte[] AlpnHttp = Encoding.ASCII.GetBytes(ProtocolNames.AlpnHttp1);
    private static readonly byte[] AlpnHttp2 = Encoding.ASCII.GetBytes(ProtocolNames.AlpnHttp2);
    private static readonly byte[] AlpnOpaque = Encoding.ASCII.GetBytes(ProtocolNames.AlpnOpaque);

    // What the first bytes were, if there were any.
    private DetectionResult _first = DetectionResult.ServerFirst;

    private enum Kind
    {
        Undecided,
        Silent,
        Http,
        Http2,
        Mesh,
        Opaque,
        Refused,
    }

    private DetectionResult DetectionOf(Kind kind) => kind switch
    {
        Kind.Http => DetectionResult.Http1,
        Kind.Http2 => DetectionResult.Http2,
        _ when _peerIdentity.Length > 0 => DetectionResult.Opaque,
        _ => _first,
    };

    private Kind Detect()
    {
        Connection client = Client!;
        switch (client.Peek())
        {
            case IoStatus.Done:
                break;
            case IoStatus.Wait:
                return Kind.Silent;
            default:
                return Kind.Refused;
        }
        Kind kind = Decide(client.Received);
        bool undecided = kind == Kind.Undecided && client.Received.Length < MaxPeek;
        client.EndPeek(waitForMore: undecided);
        if (kind == Kind.Undecided && !undecided) kind = Kind.Opaque;
        if (kind == Kind.Opaque && _policy.Mode == MtlsMode.MtlsStrict) return Refuse(MeshError.MtlsRequired);
        return kind;
    }

    private Kind Decide(ReadOnlySpan<byte> first)
    {
        DetectedProtocol detected = ProtocolDetector.Detect(first);
        _first = detected == DetectedProtocol.Tls ? DetectionResult.Tls : DetectionResult.Opaque;
        switch (detected)
        {
            case DetectedProtocol.NeedMore:
                return Kind.Undecided;
            case DetectedProtocol.Tls when _policy.Mode != MtlsMode.MtlsDisable:
                return ClientHelloReader.Read(first, Worker.Scratch, out ClientHello hello) switch
                {
                    ClientHelloResult.NeedMore => Kind.Undecided,
                    ClientHelloResult.Complete when hello.Offers(AlpnHttp) || hello.Offers(AlpnHttp2) || hello.Offers(AlpnOpaque) => Worker.Tls is null ? Refuse(MeshError.NoCertificate) : Kind.Mesh,
                    _ => Kind.Opaque,
                };
            case DetectedProtocol.Http1:
                // The session itself refuses plaintext under STRICT, with an answer.
                return _policy.Protocol == Protocol.Protocol.Opaque ? Kind.Opaque : Kind.Http;
            case DetectedProtocol.Http2:
                return _policy.Protocol == Protocol.Protocol.Opaque ? Kind.Opaque : Kind.Http2;
            default:
                return Kind.Opaque;
        }
    }

    private Kind Refuse(MeshError error)
    {
        CountError(error);
        if (error == MeshError.MtlsRequired) Worker.Metrics.Connections.CountStrict(allowed: false);
        else Worker.Metrics.Connections.Count(Direction.Inbound, HandshakeResult.NoCertificate);
        return Kind.Refused;
    }

    private static IoStatus Listen(Connection application)
    {
        IoStatus connected = application.FinishConnect();
        return connected == IoStatus.Done ? application.Receive() : connected;
    }
}
