using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Outbound;

/// <summary>An application that ends TLS itself: answers the first line of every connection with its own name and the server name asked for.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TestServer _server;

    public TlsServer(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        _server = new TestServer((peer, _) =>
        {
            using var tls = new SslStream(new NetworkStream(peer.Socket));
            tls.AuthenticateAsServer(certificate);
            using var reader = new StreamReader(tls);
            reader.ReadLine();
            tls.Write(Encoding.ASCII.GetBytes($"{name} {tls.TargetHostName}\n"));
        });
    }

    public IPEndPoint EndPoint => _server.EndPoint;

    public int Connections => _server.Connections;

    /// <summary>What the server at the end says to a client that asks for that server name, in pieces of so many bytes.</summary>
    public static async Task<string?> AskAsync(Socket socket, string serverName, int piece = int.MaxValue)
    {
        await using var tls = new SslStream(new PiecewiseStream(socket, piece));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = serverName, RemoteCertificateValidationCallback = (_, _, _, _) => true })
            .WaitAsync(Testing.Eventually.Patience);
        await tls.WriteAsync("hello\n"u8.ToArray());
        using var reader = new StreamReader(tls);
        return await reader.ReadLineAsync().WaitAsync(Testing.Eventually.Patience);
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Sends in segments of a few bytes.</summary>
    private sealed class PiecewiseStream(Socket socket, int piece) : NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (int at = 0; at < buffer.Length; at += Math.Min(piece, buffer.Length - at))
                await base.WriteAsync(buffer.Slice(at, Math.Min(piece, buffer.Length - at)), cancellationToken);
        }
    }
}
