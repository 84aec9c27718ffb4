using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>Bytes that are not HTTP: servers that speak first, half-closed connections, the application's own TLS.</summary>
public sealed class OpaqueTests(MatrixMesh matrix)
{
    private const int Large = 10 * 1024 * 1024;
    private static readonly byte[] Greeting = "\u000a8.0.36-not-mysql\0"u8.ToArray();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<Hop, string> Cells => new()
    {
        { Hop.MutualTls, "opaque" }, { Hop.Plaintext, "opaque" }, { Hop.Plaintext, "detect" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task ServerSpeaksFirst_SilentClient_HearsItAtOnce(Hop hop, string protocol)
    {
        using GreetingServer server = new(Greeting);
        ProxyPair pair = await matrix.PairAsync(hop, protocol, server.Address);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using TcpClient client = new();
            await client.ConnectAsync(pair.Entry);
            byte[] heard = new byte[Greeting.Length];
            await client.GetStream().ReadExactlyAsync(heard).AsTask().WaitAsync(Patience);
            best = Min(best, Stopwatch.GetElapsedTime(start));
            Assert.Equal(Greeting, heard);
        }
        // The best of five, since the machine may be busy: the mesh adds less than 50 ms.
        Assert.True(best < TimeSpan.FromMilliseconds(50), $"the greeting took {best.TotalMilliseconds:0} ms\n{pair.Show()}");
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task HalfClose_LargeTransfer_BothDirectionsEndOnTheirOwn(Hop hop, string protocol)
    {
        using GreetingServer server = new(Greeting);
        ProxyPair pair = await matrix.PairAsync(hop, protocol, server.Address);
        byte[] sent = RandomNumberGenerator.GetBytes(Large);
        using TcpClient client = new();
        await client.ConnectAsync(pair.Entry);
        NetworkStream stream = client.GetStream();
        await stream.ReadExactlyAsync(new byte[Greeting.Length]).AsTask().WaitAsync(Patience);
        await stream.WriteAsync(sent).AsTask().WaitAsync(Patience);
        client.Client.Shutdown(SocketShutdown.Send);
        // The server answers after it has seen the end of what was sent.
        using StreamReader answer = new(stream);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(sent)), await answer.ReadToEndAsync().WaitAsync(Patience));
    }

    [Theory]
    [InlineData(Hop.MutualTls)]
    [InlineData(Hop.Plaintext)]
    public async Task OwnTls_ThroughConnect_PassesUntouched(Hop hop)
    {
        // The application's own TLS, ended by openssl on both sides; the server sends each line back in reverse.
        using TemporaryFolder folder = new();
        int port = FreePort.Next();
        string key = folder.PathOf("app.key"), certificate = folder.PathOf("app.pem");
        CommandResult made = await RunningProcess.RunAsync(
            "openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=app", "-days", "2"], Patience);
        Assert.True(made.ExitCode == 0, made.ToString());
        await using RunningProcess server = RunningProcess.Start("openssl", ["s_server", "-accept", $"127.0.0.1:{port}", "-key", key, "-cert", certificate, "-rev"]);
        await server.WaitForTextAsync("ACCEPT", Patience);
        ProxyPair pair = await matrix.PairAsync(hop, "detect", new IPEndPoint(IPAddress.Loopback, port));

        await using RunningProcess client = RunningProcess.Start(
            "openssl",
            ["s_client", "-ign_eof", "-proxy", pair.Outbound.ToString(), "-connect", "app:80", "-servername", "app", "-CAfile", certificate, "-verify_return_error"],
            input: "hello mesh\n");
        await client.WaitForTextAsync("hsem olleh", Patience);
        await client.WaitForTextAsync("Verify return code: 0 (ok)", Patience);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>Greets every client, reads until the client has ended, and answers with the hash of it.</summary>
    private sealed class GreetingServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly byte[] _greeting;

        public GreetingServer(byte[] greeting)
        {
            _greeting = greeting;
            _listener.Start();
            _ = AcceptAsync();
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    NetworkStream stream = client.GetStream();
                    await stream.WriteAsync(_greeting);
                    (string hash, _) = await Payload.ReadAsync(stream);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(hash));
                }
                catch (IOException)
                {
                }
            }
        }
    }
}
