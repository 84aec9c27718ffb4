using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.Bench.Insight;

/// <summary>Workloads of one pod each, which call each other in a ring and two further: what an average service does.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const string Space = "load";
    private static readonly ParallelOptions Some = new() { MaxDegreeOfParallelism = 8 };

    private readonly List<(GrpcChannel Channel, AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> Call)> _proxies = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _reporting = Task.CompletedTask;

    /// <summary>Makes the objects.</summary>
    public static async Task CreateAsync(KubernetesClient client, int count)
    {
        await client.CreateAsync(ResourcePath.Of("", "v1", "namespaces"), Json($$"""{"metadata":{"name":"{{Space}}"} }"""));
        await Parallel.ForAsync(0, count, Some, async (i, _) =>
        {
            string name = Name(i), address = Address(i);
            await client.CreateAsync(Path("", "serviceaccounts"), Json($$"""{"metadata":{"name":"{{name}}"} }"""));
            await client.CreateAsync(Path("", "services"), Json($$"""{"metadata":{"name":"{{name}}"},"spec":{"selector":{"app":"{{name}}"},"ports":[{"name":"http","port":80,"targetPort":8080}]} }"""));
            JsonObject owner = await client.CreateAsync(Path("apps", "deployments"), Json(
                $$"""{"metadata":{"name":"{{name}}"},"spec":{"selector":{"matchLabels":{"app":"{{name}}"} },"template":{"metadata":{"labels":{"app":"{{name}}"} },"spec":{"containers":[{"name":"app","image":"none"}]} } } }"""));
            await client.CreateAsync(Path("", "pods"), Json($$"""
                {"metadata":{"name":"{{name}}-0","labels":{"app":"{{name}}"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"{{name}}","uid":"{{owner.Text("metadata", "uid")}}","controller":true}]},
                 "spec":{"serviceAccountName":"{{name}}","containers":[{"name":"app","image":"none"},{"name":"tulle-proxy","image":"none"}]} }
                """));
            await client.PatchAsync(Path("", "pods").WithName($"{name}-0").WithSubresource("status"), PatchKind.Merge, Json(
                $$"""{"status":{"phase":"Running","podIP":"{{address}}","conditions":[{"type":"Ready","status":"True"}]} }"""));
        });
    }

    /// <summary>Opens a report stream for each.</summary>
    public static async Task<Fleet> ConnectAsync(KubernetesClient client, Uri controlPlane, int count)
    {
        JsonObject map = await client.GetAsync(ResourcePath.Of("", "v1", "configmaps", ProtocolNames.SystemNamespace, "tulle-trust-anchors"));
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(map["data"].Text("anchors.pem"));
        var fleet = new Fleet();
        await Parallel.ForAsync(0, count, Some, async (i, _) =>
        {
            JsonObject pod = await client.GetAsync(Path("", "pods").WithName($"{Name(i)}-0"));
            JsonObject token = await client.CreateAsync(Path("", "serviceaccounts").WithName(Name(i)).WithSubresource("token"), Json(
                $$"""{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["tulle"],"expirationSeconds":3600,"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"{{Name(i)}}-0","uid":"{{pod.Text("metadata", "uid")}}"} } }"""));
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(anchors);
            GrpcChannel channel = GrpcChannel.ForAddress(controlPlane, new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } }, DisposeHttpClient = true,
            });
            var call = new Protocol.Insight.InsightClient(channel).Report(new Metadata { { "authorization", $"Bearer {token.Text("status", "token")}" } });
            await call.ResponseHeadersAsync;
            lock (fleet._proxies) fleet._proxies.Add((channel, call));
        });
        return fleet;
    }

    public void StartReporting() => _reporting = Task.WhenAll(_proxies.Select((proxy, i) => ReportAsync(proxy.Call.RequestStream, i)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach ((GrpcChannel channel, AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> call) in _proxies)
        {
            call.Dispose();
            channel.Dispose();
        }
        _stop.Dispose();
    }

    private async Task ReportAsync(IClientStreamWriter<ProxyReport> stream, int self)
    {
        var random = new Random(self);
        // Spread over the second, as real proxies are.
        await Task.Delay(random.Next(1000), _stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            var traffic = new TrafficReport();
            for (int step = 1; step <= 3; step++) traffic.Deltas.Add(Delta(Direction.Outbound, (self + step) % _proxies.Count, random));
            for (int step = 1; step <= 3; step++) traffic.Deltas.Add(Delta(Direction.Inbound, (self - step + _proxies.Count) % _proxies.Count, random, self));
            await stream.WriteAsync(new ProxyReport { Traffic = traffic });
        }
        while (await timer.WaitForNextTickAsync(_stop.Token));
    }

    private static TrafficDelta Delta(Direction direction, int peer, Random random, int self = 0)
    {
        ulong requests = (ulong)random.Next(5, 50);
        var delta = new TrafficDelta
        {
            Direction = direction,
            PeerIdentity = $"spiffe://{ProtocolNames.DefaultTrustDomain}/ns/{Space}/sa/{Name(peer)}",
            PeerWorkload = direction == Direction.Outbound ? $"deployment/{Name(peer)}" : "",
            Service = new ServiceReference { Namespace = Space, Name = Name(direction == Direction.Outbound ? peer : self), Port = 80 },
            Tls = true,
            Requests = requests,
            Successes = requests - 1,
            Failures = 1,
            BytesReceived = requests * 300,
            BytesSent = requests * 900,
            OpenConnections = 2,
        };
        int bucket = LatencyBuckets.IndexOf(random.Next(500, 20_000));
        for (uint i = 0; i < 5; i++)
        {
            delta.Indices.Add((uint)bucket + i);
            delta.Counts.Add(requests / 5);
        }
        return delta;
    }

    private static string Name(int index) => $"w{index:0000}";

    private static string Address(int index) => $"127.250.{index / 250}.{(index % 250) + 2}";

    private static ResourcePath Path(string group, string plural) => ResourcePath.Of(group, "v1", plural, Space);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
