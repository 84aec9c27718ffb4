using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.Bench.Insight;

/// <summary>Workloads of one pod each, which call each other in a ring and two further: what an average service does.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string Space = "load";
    private static readonly ParallelOptions Some = new() { MaxDegreeOfParallelism = 8 };

    private readonly List<FleetProxy> _proxies = [];

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

    /// <summary>What the proxies have reported so far.</summary>
    public long Reports => _proxies.Sum(proxy => proxy.Reports);

    /// <summary>Connects a proxy for each.</summary>
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
            FleetProxy proxy = await FleetProxy.ConnectAsync(channel, token.Text("status", "token")!, i, count);
            lock (fleet._proxies) fleet._proxies.Add(proxy);
        });
        return fleet;
    }

    public void StartReporting()
    {
        foreach (FleetProxy proxy in _proxies) proxy.StartReporting();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FleetProxy proxy in _proxies) await proxy.DisposeAsync();
    }

    /// <summary>The workload of a number, and what else has its name.</summary>
    public static string Name(int index) => $"w{index:0000}";

    private static string Address(int index) => $"127.250.{index / 250}.{(index % 250) + 2}";

    private static ResourcePath Path(string group, string plural) => ResourcePath.Of(group, "v1", plural, Space);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
