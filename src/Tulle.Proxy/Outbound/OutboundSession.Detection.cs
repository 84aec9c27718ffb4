using Tulle.Http.Detection;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

// What the first bytes of a connection say that it is, where its destination has not said so.
internal sealed partial class OutboundSession
{
    private enum Kind
    {
        Undecided,
        Silent,
        Http,
        Http2,
        Opaque,
        Gone,
    }

    private DetectionResult DetectionOf(Kind kind) => kind switch
    {
        Kind.Http => DetectionResult.Http1,
        Kind.Http2 => DetectionResult.Http2,
        _ when Client!.Received.IsEmpty => DetectionResult.ServerFirst,
        _ => ProtocolDetector.Detect(Client.Received) == DetectedProtocol.Tls ? DetectionResult.Tls : DetectionResult.Opaque,
    };

    private Kind Detect()
    {
        Connection client = Client!;
        while (true)
        {
            bool any = !client.Received.IsEmpty;
            if (any)
            {
                switch (ProtocolDetector.Detect(client.Received))
                {
                    case DetectedProtocol.NeedMore:
                        break;
                    case DetectedProtocol.Http1:
                        return IsDeclared(Protocol.Protocol.Opaque) ? Kind.Opaque : Kind.Http;
                    case DetectedProtocol.Http2:
                        return IsDeclared(Protocol.Protocol.Opaque) ? Kind.Opaque : Kind.Http2;
                    default:
                        return Kind.Opaque;
                }
            }
            switch (client.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return any ? Kind.Undecided : Kind.Silent;
                case IoStatus.Full:
                    return Kind.Opaque;
                case IoStatus.End when any:
                    return Kind.Opaque;
                default:
                    return Kind.Gone;
            }
        }
    }

    private bool IsDeclared(Protocol.Protocol protocol) => _destination!.Model is { } model && model.Protocol == protocol;

    /// <summary>Whoever waits for HTTP, or for a server name, waits for the client.</summary>
    private bool MustSpeakFirst => IsDeclared(Protocol.Protocol.Http1) || IsDeclared(Protocol.Protocol.Http2) || _destination!.Model is { NeedsServerName: true };
}
