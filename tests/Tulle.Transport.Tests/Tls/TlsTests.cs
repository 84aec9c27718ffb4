using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tulle.Transport.Tls;

namespace Tulle.Transport.Tests.Tls;

/// <summary>Against the real openssl command in both roles, and against itself.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Id = "spiffe://cluster.local/ns/test/sa/server";

    private readonly OpenSslFiles _files = new();
    private readonly TlsContext _context;
    private string? _identity;
    private string? _protocol;
    private string? _failure;

    public TlsTests()
    {
        (string chain, string key) = _files.Issue("server", Id);
        _context = TlsContext.Create(chain, key, _files.AnchorPem, ["mesh-http", "mesh-tcp"], out string? error)!;
        Assert.Null(error);
        _files.Issue("client", "spiffe://cluster.local/ns/test/sa/client");
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Server_OpenSslClient_SharesIdentityProtocolAndBytes()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(ServeAsync);
        string output = await OpenSslAsync(
            "hello\n", "s_client", "-connect", address.ToString(), "-CAfile", "ca.pem", "-cert", "client.crt", "-key", "client.key",
            "-alpn", "other,mesh-tcp", "-verify_return_error", "-quiet");
        Assert.Contains("hello", output);
        Assert.Equal("spiffe://cluster.local/ns/test/sa/client", _identity);
        Assert.Equal("mesh-tcp", _protocol);
    }

    [Theory]
    [InlineData("-tls1_2", "ca.pem")]
    [InlineData("-no_etm", "none")]
    public async Task Server_OldProtocolOrNoCertificate_IsRefused(string option, string certificate)
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(ServeAsync);
        string[] own = certificate == "none" ? [] : ["-cert", "client.crt", "-key", "client.key"];
        await OpenSslAsync("hello\n", ["s_client", "-connect", address.ToString(), "-CAfile", "ca.pem", option, "-quiet", .. own]);
        Assert.Null(_identity);
        Assert.NotNull(_failure);
    }

    [Fact]
    public async Task Client_OpenSslServer_SharesIdentityProtocolAndBytes()
    {
        int port = FreePort();
        using var server = new KilledProcess(Start("s_server", "-accept", $"127.0.0.1:{port}", "-CAfile", "ca.pem", "-cert", "server.crt", "-key", "server.key",
            "-Verify", "1", "-alpn", "mesh-http", "-rev", "-tls1_3"));
        using var fixture = new LoopFixture();
        fixture.Serve(ServeAsync);
        await UntilListeningAsync(port);

        string answer = await fixture.RunAsync(async strand =>
        {
            Connection connection = Connection.Connect(strand.Loop, new PeerAddress(new IPEndPoint(IPAddress.Loopback, port)), strand)!;
            while (connection.FinishConnect() == IoStatus.Wait) await strand;
            connection.StartTls(_context.NewClient(TlsContext.Offer("mesh-http")));
            IoStatus status;
            while ((status = connection.Handshake()) == IoStatus.Wait) await strand;
            Assert.Equal(IoStatus.Done, status);
            _identity = connection.Tls!.PeerIdentity;
            _protocol = connection.Tls.Protocol;
            Assert.True(connection.WriteAll("abc\n"u8));
            while (connection.Received.Length < 4)
            {
                if (connection.Receive() == IoStatus.Wait) await strand;
            }
            string text = Encoding.ASCII.GetString(connection.Received);
            connection.Close();
            return text;
        });

        Assert.Equal("cba\n", answer);
        Assert.Equal(Id, _identity);
        Assert.Equal("mesh-http", _protocol);
    }

    [Fact]
    public async Task Bulk_BothWaysBetweenOurselves_ArrivesUnchangedThroughPartialWrites()
    {
        const int size = 5_000_000;
        byte[] sent = new byte[size];
        new Random(1).NextBytes(sent);
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(ServeAsync);

        byte[] received = await fixture.RunAsync(async strand =>
        {
            Connection connection = Connection.Connect(strand.Loop, new PeerAddress(address), strand)!;
            while (connection.FinishConnect() == IoStatus.Wait) await strand;
            connection.StartTls(_context.NewClient(TlsContext.Offer("mesh-tcp")));
            while (connection.Handshake() == IoStatus.Wait) await strand;
            var all = new List<byte>(size);
            int at = 0;
            while (all.Count < size)
            {
                bool moved = false;
                if (connection.HasUnsent) connection.Flush();
                if (at < size)
                {
                    int n = connection.Write(sent.AsSpan(at, Math.Min(40_000, size - at)));
                    Assert.True(n >= 0);
                    at += n;
                    moved = n > 0;
                }
                IoStatus status = connection.Receive();
                Assert.True(status is IoStatus.Done or IoStatus.Wait or IoStatus.Full);
                moved |= !connection.Received.IsEmpty;
                all.AddRange(connection.Received);
                connection.Consume(connection.Received.Length);
                if (!moved) await strand;
            }
            connection.Close();
            return all.ToArray();
        });

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Handshake_OnAConnectionThatWasClosedUnderIt_Fails()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(ServeAsync);
        IoStatus status = await fixture.RunAsync(async strand =>
        {
            Connection connection = Connection.Connect(strand.Loop, new PeerAddress(address), strand)!;
            while (connection.FinishConnect() == IoStatus.Wait) await strand;
            connection.StartTls(_context.NewClient(TlsContext.Offer("mesh-tcp")));
            Assert.Equal(IoStatus.Wait, connection.Handshake());
            connection.Close();
            return connection.Handshake();
        });
        Assert.Equal(IoStatus.Failed, status);
    }

    [Fact]
    public async Task Established_PeersCertificates_AreLetGo()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(ServeAsync);
        int kept = await fixture.RunAsync(async strand =>
        {
            Connection connection = Connection.Connect(strand.Loop, new PeerAddress(address), strand)!;
            while (connection.FinishConnect() == IoStatus.Wait) await strand;
            connection.StartTls(_context.NewClient(TlsContext.Offer("mesh-tcp")));
            while (connection.Handshake() == IoStatus.Wait) await strand;
            // Still whom the peer proved to be, and still of use.
            _identity = connection.Tls!.PeerIdentity;
            Assert.True(connection.WriteAll("abc"u8));
            while (connection.Receive() == IoStatus.Wait) await strand;
            Assert.Equal("abc", Encoding.ASCII.GetString(connection.Received));
            int certificates = connection.Tls.CountPeerCertificates();
            connection.Close();
            return certificates;
        });
        Assert.Equal(Id, _identity);
        Assert.Equal(0, kept);
    }

    [Fact]
    public void Create_KeyOfAnotherCertificate_SaysSo()
    {
        (string chain, _) = _files.Issue("a", Id);
        (_, string key) = _files.Issue("b", Id);
        Assert.Null(TlsContext.Create(chain, key, _files.AnchorPem, ["x"], out string? error));
        Assert.Contains("private key does not fit", error);
        Assert.Null(TlsContext.Create("nothing", key, _files.AnchorPem, ["x"], out error));
        Assert.Contains("holds no PEM certificate", error);
        Assert.Null(TlsContext.Create(chain, key, "nothing", ["x"], out error));
    }

    [Fact]
    public async Task PeerIdentity_TwoUriNames_IsNone()
    {
        (string chain, string key) = _files.Issue("double", Id, "spiffe://cluster.local/ns/test/sa/other");
        TlsContext client = TlsContext.Create(chain, key, _files.AnchorPem, ["mesh-tcp"], out _)!;
        using var fixture = new LoopFixture();
        var identity = new TaskCompletionSource<string?>();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            connection.StartTls(_context.NewServer());
            while (connection.Handshake() == IoStatus.Wait) await strand;
            identity.SetResult(connection.Tls!.PeerIdentity);
        });
        await fixture.RunAsync(async strand =>
        {
            Connection connection = Connection.Connect(strand.Loop, new PeerAddress(address), strand)!;
            while (connection.FinishConnect() == IoStatus.Wait) await strand;
            connection.StartTls(client.NewClient(TlsContext.Offer("mesh-tcp")));
            while (connection.Handshake() == IoStatus.Wait) await strand;
            while (connection.Receive() == IoStatus.Wait) await strand;
            connection.Close();
            return 0;
        });
        Assert.Null(await identity.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private async Task ServeAsync(TestStrand strand, Connection connection)
    {
        connection.StartTls(_context.NewServer());
        IoStatus status;
        while ((status = connection.Handshake()) == IoStatus.Wait) await strand;
        if (status != IoStatus.Done)
        {
            _failure = connection.Tls!.FailureReason;
            return;
        }
        _identity = connection.Tls!.PeerIdentity;
        _protocol = connection.Tls.Protocol;
        await ConnectionTests.EchoAsync(strand, connection);
    }

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("openssl", arguments)
    {
        WorkingDirectory = _files.Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;

    private async Task<string> OpenSslAsync(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        try
        {
            await process.StandardInput.WriteAsync(input);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It was refused and has left already.
        }
        var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? line = await process.StandardOutput.ReadLineAsync(timeout.Token);
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        return line ?? "";
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task UntilListeningAsync(int port)
    {
        for (int i = 0; i < 200; i++)
        {
            try
            {
                using Socket socket = LoopFixture.Client(new IPEndPoint(IPAddress.Loopback, port));
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }
    }

    private sealed record KilledProcess(Process Process) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }
}
