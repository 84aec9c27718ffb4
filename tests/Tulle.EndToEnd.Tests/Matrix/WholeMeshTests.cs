using System.Globalization;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>
/// One case of each kind of the matrix through a mesh as people run it: certificates, destinations and policy come from the control
/// plane, and nothing says what the servers speak. Each case makes sure that it travelled under mutual TLS.
/// </summary>
public sealed partial class WholeMeshTests(ProtocolMesh protocols) : IClassFixture<ProtocolMesh>
{
    private const int Bytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("curl", "web1", "HTTP/1.1", "--http1.1")]
    [InlineData("curl", "web1", "HTTP/1.1", "--http2")]
    [InlineData("curl", "web2", "HTTP/2", "--http2-prior-knowledge")]
    public async Task Http_Curl_BodyArrivesWhole(string command, string service, string version, string option)
    {
        using TemporaryFolder folder = new();
        string file = folder.PathOf("body"), received = folder.PathOf("received");
        await using (FileStream body = File.Create(file)) await Payload.WriteAsync(body, Bytes);
        string url = $"http://{protocols.Entry(service)}";

        CommandResult up = await RunAsync(command, "-sS", "--fail", option, "--data-binary", $"@{file}", $"{url}/hash");
        await RunAsync(command, "-sS", "--fail", option, "-o", received, $"{url}/bytes/{Bytes}");

        Assert.Equal($"{Payload.HashOf(Bytes)} {Bytes} {version}", up.Output);
        Assert.Equal(Payload.HashOf(Bytes), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(received))));
        await protocols.AssertMutualTlsAsync(service, "request_total");
    }

    [Theory]
    [InlineData("web2", "")]
    [InlineData("web1", "-u")]
    public async Task Http_Nghttp_BodyArrivesWhole(string service, string option)
    {
        using TemporaryFolder folder = new();
        string received = folder.PathOf("received");

        await RunAsync("sh", "-c", $"exec nghttp {option} 'http://{protocols.Entry(service)}/bytes/{Bytes}' > '{received}'");

        Assert.Equal(Payload.HashOf(Bytes), Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(received))));
        await protocols.AssertMutualTlsAsync(service, "request_total");
    }

    [Fact]
    public async Task Http_H2Load_EveryRequestIsAnswered()
    {
        CommandResult load = await RunAsync("h2load", "-n", "400", "-c", "4", "-m", "10", $"http://{protocols.Entry("web2")}/bytes/1000");

        Assert.Contains("status codes: 400 2xx", load.Output, StringComparison.Ordinal);
        await protocols.AssertMutualTlsAsync("web2", "request_total");
    }

    [Theory]
    [InlineData("dotnet", "web2")]
    [InlineData("dotnet", "talker")]
    [InlineData("node", "web2")]
    [InlineData("node", "talker")]
    public async Task Grpc_EveryKindOfCall_WorksAsWithoutAMesh(string client, string service)
    {
        if (client == "node")
        {
            CommandResult result = await NodeServer.RunClientAsync(protocols.Entry(service));
            Assert.True(result.ExitCode == 0, $"{result}\n{protocols.Mesh.Show()}");
        }
        else
        {
            using GrpcChecks checks = new(protocols.Entry(service));
            await checks.AllAsync();
        }
        await protocols.AssertMutualTlsAsync(service, "request_total");
    }

    [Theory]
    [InlineData("1.1", "web1")]
    [InlineData("2.0", "web2")]
    public async Task WebSocket_CarriesMessagesBothWays(string version, string service)
    {
        using CancellationTokenSource late = new(Patience);
        using HttpMessageInvoker invoker = new(new SocketsHttpHandler { UseProxy = false });
        using ClientWebSocket socket = new();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new Uri($"ws://{protocols.Entry(service)}/socket"), invoker, late.Token);
        byte[] message = RandomNumberGenerator.GetBytes(60_000), answer = new byte[message.Length];

        await socket.SendAsync(message, WebSocketMessageType.Binary, true, late.Token);
        for (int read = 0; read < answer.Length;) read += (await socket.ReceiveAsync(answer.AsMemory(read), late.Token)).Count;

        Assert.Equal(message, answer);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", late.Token);
        await protocols.AssertMutualTlsAsync(service, "request_total");
    }

    [Fact]
    public async Task Tcp_ServerThatSpeaksFirst_IsHeardAndGoesWhereTheTcpRuleSays()
    {
        Assert.Equal("hello\necho", await GreetAsync());
        await protocols.AssertMutualTlsAsync("greeter", "tcp_open_total");
        Assert.False(await protocols.CameByMutualTlsAsync("greeter-v2", "tcp_open_total"));

        await ApplyAsync("greeter", """
            hosts: [greeter]
            tcp: [{ match: [{ port: 80 }], route: [{ destination: { host: greeter-v2 } }] }]
            """);

        // The old route may take a few more connections before the rule has arrived.
        await Eventually.TrueAsync(
            async () => await GreetAsync() == "hello\necho" && await protocols.CameByMutualTlsAsync("greeter-v2", "tcp_open_total"), Patience, "the rule is in force", protocols.Mesh.Show);
        await protocols.Mesh.Kubectl.RunAsync("delete", "virtualservice", "greeter");
    }

    [Fact]
    public async Task Tls_OfTheApplication_PassesUnreadAndGoesWhereTheServerNameSays()
    {
        Assert.Equal("v1", await ServerAsync("secure-v1"));
        // Nobody has said where this name leads, so its server is the one that was asked for, whose certificate is another's.
        Assert.Equal("refused", await ServerAsync("v2.example.com"));

        await ApplyAsync("secure", """
            hosts: [secure-v1, "*.example.com"]
            tls:
            - match: [{ port: 443, sniHosts: [v2.example.com] }]
              route: [{ destination: { host: secure-v2 } }]
            - match: [{ port: 443, sniHosts: ["*.example.com"] }]
              route: [{ destination: { host: secure-v1 }, weight: 50 }, { destination: { host: secure-v2 }, weight: 50 }]
            """);

        await Eventually.TrueAsync(async () => await ServerAsync("v2.example.com") == "v2", Patience, "the rule is in force", protocols.Mesh.Show);
        Assert.Equal("v1", await ServerAsync("secure-v1"));
        List<string> split = [];
        for (int i = 0; i < 30; i++) split.Add(await ServerAsync("split.example.com"));
        Assert.Equal(["v1", "v2"], split.Distinct().Order());
        await protocols.AssertMutualTlsAsync("secure-v1", "tcp_open_total");
        await protocols.AssertMutualTlsAsync("secure-v2", "tcp_open_total");
        Assert.Contains("CN = v2", await SubjectAsync("v2.example.com"), StringComparison.Ordinal);
        await protocols.Mesh.Kubectl.RunAsync("delete", "virtualservice", "secure");
    }

    private static async Task<CommandResult> RunAsync(string command, params string[] arguments)
    {
        CommandResult result = await RunningProcess.RunAsync(command, arguments, Patience);
        Assert.True(result.ExitCode == 0, $"{command} {string.Join(' ', arguments)}: {result}");
        return result;
    }

    private async Task ApplyAsync(string name, string spec)
    {
        string indented = string.Join('\n', spec.Split('\n').Select(line => $"  {line}"));
        string file = protocols.Mesh.Write($"{name}.yaml", $"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{ name: {name} }}\nspec:\n{indented}\n");
        CommandResult applied = await protocols.Mesh.Kubectl.TryAsync(["apply", "-f", file]);
        Assert.True(applied.ExitCode == 0, applied.ToString());
        Assert.DoesNotContain("Warning", applied.Error, StringComparison.Ordinal);
    }

    /// <summary>What a TCP server that greets says to one that answers with "echo".</summary>
    private async Task<string> GreetAsync()
    {
        using TcpClient client = new();
        await client.ConnectAsync(protocols.Entry("greeter"));
        NetworkStream stream = client.GetStream();
        byte[] heard = new byte["hello\necho".Length];
        await stream.ReadExactlyAsync(heard, 0, "hello\n".Length).AsTask().WaitAsync(Patience);
        await stream.WriteAsync("echo"u8.ToArray());
        await stream.ReadExactlyAsync(heard, "hello\n".Length, "echo".Length).AsTask().WaitAsync(Patience);
        return Encoding.ASCII.GetString(heard);
    }

    /// <summary>Which of the TLS servers answers curl under a name, by its certificate, which curl checks.</summary>
    private async Task<string> ServerAsync(string name)
    {
        int port = protocols.Entry("secure-v1").Port;
        CommandResult result = await RunningProcess.RunAsync(
            "curl",
            [
                "-sS", "-v", "--cacert", protocols.Anchors, "--resolve", string.Create(CultureInfo.InvariantCulture, $"{name}:{port}:127.0.0.1"),
                "-o", "/dev/null", string.Create(CultureInfo.InvariantCulture, $"https://{name}:{port}/"),
            ],
            Patience);
        const int notItsCertificate = 60;
        return result.ExitCode == notItsCertificate ? "refused" : result.ExitCode == 0 ? Subject().Match(result.Error).Groups[1].Value : result.ToString();
    }

    /// <summary>What openssl says of the certificate that it gets under a name.</summary>
    private async Task<string> SubjectAsync(string name)
    {
        CommandResult result = await RunningProcess.RunAsync(
            "openssl", ["s_client", "-connect", protocols.Entry("secure-v1").ToString(), "-servername", name, "-CAfile", protocols.Anchors, "-verify_return_error"], Patience, input: "Q\n");
        return result.ToString();
    }

    [GeneratedRegex(@"subject: CN=(\w+)")]
    private static partial Regex Subject();
}
