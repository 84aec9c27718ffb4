using System.Net;
using System.Text.Json.Nodes;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>What runs between the two proxies of a pair.</summary>
public enum Hop
{
    MutualTls,
    Plaintext,
}

/// <summary>A client's sidecar and a server's, as processes, in front of one application.</summary>
public sealed class ProxyPair : IAsyncDisposable
{
    private ProxyPair(StandaloneProxy client, StandaloneProxy server)
    {
        Client = client;
        Server = server;
    }

    public StandaloneProxy Client { get; }

    public StandaloneProxy Server { get; }

    /// <summary>A local port that stands for the application: for clients that know no proxy.</summary>
    public IPEndPoint Entry => Client.Address("upstreams");

    /// <summary>The client's HTTP proxy, through which the application is called "app:80".</summary>
    public IPEndPoint Outbound => Client.Address("outbound");

    public string Url => $"http://{Entry}";

    /// <param name="protocol">What the mesh is told that the application speaks: "http1", "http2", "opaque" or "detect".</param>
    public static async Task<ProxyPair> StartAsync(TemporaryFolder folder, MeshAuthority authority, IPEndPoint application, Hop hop, string protocol)
    {
        WorkloadFiles server = authority.Issue("server"), client = authority.Issue("client");
        string name = $"{hop}-{protocol}-{application.Port}";
        JsonObject inbound = new() { ["defaultMode"] = hop == Hop.MutualTls ? "strict" : "permissive" };
        // Which port the proxy will have is not known yet: it is asked for one that is free.
        int port = FreePort.Next();
        inbound["ports"] = new JsonArray(new JsonObject { ["port"] = port, ["protocol"] = protocol });
        string inboundFile = folder.Write($"{name}-inbound.json", new JsonObject { ["inbound"] = inbound }.ToJsonString());
        StandaloneProxy serverProxy = await StandaloneProxy.StartAsync(
            ["--inbound", $"127.0.0.1:{port}={application}", "--destinations", inboundFile, .. server.Arguments]);

        JsonObject endpoint = new() { ["address"] = "127.0.0.1", ["port"] = port, ["workload"] = "deployment/app" };
        if (hop == Hop.MutualTls) endpoint["identity"] = server.Identity;
        JsonObject backend = new() { ["name"] = "app.test:80", ["endpoints"] = new JsonArray(endpoint) };
        if (protocol == "http2") backend["protocol"] = protocol;
        JsonObject destination = new()
        {
            ["authority"] = "app:80",
            ["protocol"] = protocol == "opaque" ? "opaque" : "detect",
            ["service"] = new JsonObject { ["namespace"] = "test", ["name"] = "app", ["port"] = 80 },
            ["backends"] = new JsonArray(backend),
        };
        string outboundFile = folder.Write(
            $"{name}-outbound.json", new JsonObject { ["destinations"] = new JsonArray(destination) }.ToJsonString());
        StandaloneProxy clientProxy = await StandaloneProxy.StartAsync(
            ["--upstream", "127.0.0.1:0=app:80", "--outbound", "127.0.0.1:0", "--destinations", outboundFile, .. client.Arguments]);
        return new ProxyPair(clientProxy, serverProxy);
    }

    /// <summary>Whether the hop between the two is what it is said to be, by the server side's own count.</summary>
    public async Task<bool> CarriesAsync(Hop hop)
    {
        string metrics = await Server.MetricsAsync();
        string unwanted = hop == Hop.MutualTls ? "tls=\"false\"" : "tls=\"true\"";
        return !metrics.Split('\n').Any(line => line.StartsWith("request_total{direction=\"inbound\"", StringComparison.Ordinal)
            && line.Contains(unwanted, StringComparison.Ordinal));
    }

    public string Show() => $"client's sidecar:\n{Client.Process.Show()}\nserver's sidecar:\n{Server.Process.Show()}";

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
