using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>What the native executable costs when it does nothing. Needs artifacts/bin, as the end-to-end tests do.</summary>
public sealed class FootprintTests(ITestOutputHelper output)
{
    /// <summary>The bar for an idle proxy, in MB.</summary>
    private const double IdleLimit = 16;

    /// <summary>KB of user memory for one: 15 where there are many of them, and 10 more would be the certificates that OpenSSL keeps.</summary>
    private const double IdleConnectionLimit = 18;

    [Fact]
    public async Task Idle_WithControlPlaneStreamsUp_StaysSmall()
    {
        await using FakeControlPlane plane = await FakeControlPlane.StartAsync();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(
            RepositoryFolder.Executable("tulle-proxy"), "--outbound", "127.0.0.1:0", "--control-plane", plane.Url,
            "--trust-anchors", plane.AnchorsFile, "--token", plane.TokenFile);
        DiscoveryStream stream = await plane.NextStreamAsync();
        stream.Send(new InboundPolicy { Version = 1 });
        await plane.NextInsightStreamAsync();
        await proxy.ReadyAsync();

        // It gives memory back after two seconds, and then looks again every thirty.
        double megabytes = 0;
        await Eventually.TrueAsync(
            () => (megabytes = ResidentMegabytes(proxy.Process.Id)) <= IdleLimit, TimeSpan.FromSeconds(45),
            $"at most {IdleLimit} MB are resident", () => $"{megabytes:0.0} MB");
        output.WriteLine($"idle with streams: {megabytes:0.0} MB");
    }

    [Fact]
    public async Task Start_Standalone_IsReadyAtOnce()
    {
        var times = new List<double>();
        for (int i = 0; i < 5; i++)
        {
            int port = FreePort.Next();
            var watch = Stopwatch.StartNew();
            await using RunningProcess proxy = RunningProcess.Start(
                RepositoryFolder.Executable("tulle-proxy"), ["--outbound", "127.0.0.1:0", "--admin", $"127.0.0.1:{port}"]);
            await Eventually.TrueAsync(() => proxy.Error.Contains(" serves ", StringComparison.Ordinal), Eventually.Patience, "it serves");
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        output.WriteLine($"start to ready: {string.Join(", ", times.Select(t => $"{t:0}"))} ms");

        // The best of five, because the tests share the machine.
        Assert.True(times.Min() <= 100, $"{times.Min():0} ms");
    }

    [Fact]
    public async Task IdleMtlsConnection_AThousandMore_CostsLessThanItsPeersCertificateWould()
    {
        using var folder = new TemporaryFolder();
        using var authority = new MeshAuthority(folder);
        using TestServer application = TestServer.Saying("hi");
        await using StandaloneProxy proxy = await StandaloneProxy.StartAsync(
            ["--inbound", $"127.0.0.1:0={application.EndPoint}", .. authority.Issue("server").Arguments]);
        WorkloadFiles client = authority.Issue("client");
        var held = new List<SslStream>();
        try
        {
            // The first ones fill the pools that every later one shares.
            await HoldAsync(held, 300, proxy.Address("inbound"), client);
            // Pages of files come and go with what is done otherwise.
            double before = ResidentMegabytes(proxy.Process.Id, "RssAnon");
            await HoldAsync(held, 1_000, proxy.Address("inbound"), client);
            double each = (ResidentMegabytes(proxy.Process.Id, "RssAnon") - before) * 1024 / 1_000;

            output.WriteLine($"{each:0.0} KB for each idle mTLS connection");
            Assert.True(each < IdleConnectionLimit, $"{each:0.0} KB");
        }
        finally
        {
            foreach (SslStream stream in held) await stream.DisposeAsync();
        }
    }

    /// <summary>Opens connections that have had one request each.</summary>
    private static async Task HoldAsync(List<SslStream> held, int count, IPEndPoint address, WorkloadFiles files)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        byte[] answer = new byte[1_024];
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            held.Add(stream);
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "server",
                ClientCertificates = [certificate],
                ApplicationProtocols = [new SslApplicationProtocol(ProtocolNames.AlpnHttp1)],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            });
            await stream.WriteAsync("GET / HTTP/1.1\r\nhost: app\r\n\r\n"u8.ToArray());
            int length = 0;
            while (!answer.AsSpan(0, length).EndsWith("hi"u8)) length += await stream.ReadAtLeastAsync(answer.AsMemory(length), 1);
        }
    }

    private static double ResidentMegabytes(int pid, string field = "VmRSS")
    {
        string line = File.ReadLines($"/proc/{pid}/status").Single(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) / 1024;
    }
}
