using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tulle.Http;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// The handshake of RFC 6455 §4, which HTTP/1.1 needs and an extended CONNECT of HTTP/2 does without (RFC 8441 §5): a proxy
/// that translates one into the other asks and answers for the side that does not know it.
/// </summary>
internal static class WebSocketKeys
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>What a request needs to be understood by a server of HTTP/1.1; null when it is all there.</summary>
    public static FieldEdits? ForRequest(in RequestView request, ReadOnlySpan<byte> protocol, IRandomSource random)
    {
        if (!Ascii.EqualsIgnoreCase(protocol, "websocket"u8) || request.Fields.TryFind("sec-websocket-key"u8, out _)) return null;
        Span<uint> nonce = [random.Below(uint.MaxValue), random.Below(uint.MaxValue), random.Below(uint.MaxValue), random.Below(uint.MaxValue)];
        return new FieldEdits([], [new FieldLine("sec-websocket-key", Convert.ToBase64String(MemoryMarshal.AsBytes(nonce)))], []);
    }

    /// <summary>What a response needs to be understood by a client of HTTP/1.1; null when it is all there.</summary>
    public static FieldEdits? ForResponse(in RequestView request, in ResponseView response)
    {
        if (response.Fields.TryFind("sec-websocket-accept"u8, out _) || !request.Fields.TryFind("sec-websocket-key"u8, out ReadOnlySpan<byte> key)) return null;
        // The hash proves that the other side has understood, it protects nothing.
#pragma warning disable CA5350
        byte[] proof = SHA1.HashData(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(key) + Guid));
#pragma warning restore CA5350
        return new FieldEdits([], [new FieldLine("sec-websocket-accept", Convert.ToBase64String(proof))], []);
    }
}
