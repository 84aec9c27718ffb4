using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Api;
using Tulle.Kubernetes;
using Tulle.Model.Documents;
using Tulle.Model.Schemas;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>The embedded API server and a control plane that works for it, both on free loopback ports.</summary>
internal sealed class TestMesh : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    private int _controlPlanes;
    private bool _apiIsAway;

    private TestMesh()
    {
    }

    public KubernetesApiServer Api { get; private set; } = null!;

    public KubernetesClient Client { get; private set; } = null!;

    public ControlPlaneHost ControlPlane { get; private set; } = null!;

    /// <param name="configure">Changes how its dashboard is served.</param>
    public static async Task<TestMesh> StartAsync(Func<DashboardOptions, DashboardOptions>? configure = null)
    {
        var mesh = new TestMesh();
        await mesh.StartApiAsync(0);
        mesh.ControlPlane = await mesh.StartControlPlaneAsync(configure);
        mesh.Api.AddAggregatedGroup(InsightApi.Group, mesh.ControlPlane.Insight);
        return mesh;
    }

    /// <summary>A second control plane for the same API server.</summary>
    public Task<ControlPlaneHost> StartControlPlaneAsync(Func<DashboardOptions, DashboardOptions>? configure = null) => ControlPlaneHost.StartAsync(new ControlPlaneOptions
    {
        Random = new Random(1),
        Kubernetes = Client.Options,
        Listen = new IPEndPoint(IPAddress.Loopback, 0),
        HistoryPath = _folder.PathOf($"history-{++_controlPlanes}.db"),
        Metrics = new IPEndPoint(IPAddress.Loopback, 0),
        Events = () => Api.Events,
        Dashboard = (configure ?? (options => options))(new DashboardOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0), Token = DashboardToken.New(), Mesh = "test", Local = true,
        }),
        TracesPath = _folder.PathOf($"traces-{_controlPlanes}.db"),
    });

    public async Task RestartApiAsync()
    {
        await StopApiAsync();
        await StartApiAsync(new Uri(Api.Url).Port);
        _apiIsAway = false;
        Api.AddAggregatedGroup(InsightApi.Group, ControlPlane.Insight);
    }

    /// <summary>Until <see cref="RestartApiAsync"/> nothing answers at its port.</summary>
    public async Task StopApiAsync()
    {
        if (_apiIsAway) return;
        _apiIsAway = true;
        await Api.DisposeAsync();
        Client.Dispose();
    }

    /// <summary>Writes the objects of a YAML text, in namespace "default" where it names none; status too.</summary>
    public async Task ApplyAsync(string yaml)
    {
        (IReadOnlyList<MappingNode> objects, var findings) = DocumentReader.ReadObjects(yaml, "test.yaml");
        Assert.Empty(findings);
        foreach (MappingNode node in objects)
        {
            JsonObject value = JsonNodes.ToJson(node);
            (string group, string version) = ResourceCatalog.SplitApiVersion(node.Text("apiVersion")!);
            ResourceKind kind = ResourceCatalog.ByKind(group, node.Text("kind")!)!;
            ResourcePath path = ResourcePath.Of(kind, node.Text("metadata", "namespace") ?? "default", node.Text("metadata", "name"), version);
            await Client.ApplyAsync(path, value);
            if (kind.HasStatus && value.ContainsKey("status"))
                await Client.PatchAsync(path.WithSubresource("status"), PatchKind.Merge, new JsonObject { ["status"] = value["status"]!.DeepClone() });
        }
    }

    public Task DeleteAsync(string group, string plural, string name, string @namespace = "default") =>
        Client.DeleteAsync(ResourcePath.Of(ResourceCatalog.ByPlural(group, plural)!, @namespace, name));

    /// <summary>
    /// A service with one ready meshed pod per address; each pod is of deployment <paramref name="name"/>. Returns when the
    /// control plane knows all of it, so that what a proxy is told first is the whole.
    /// </summary>
    public async Task AddServiceAsync(string name, params string[] addresses)
    {
        await ApplyAsync($$"""
            apiVersion: v1
            kind: ServiceAccount
            metadata: { name: {{name}} }
            ---
            apiVersion: v1
            kind: Service
            metadata: { name: {{name}} }
            spec: { selector: { app: {{name}} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: {{name}} }
            spec:
              selector: { matchLabels: { app: {{name}} } }
              template:
                metadata: { labels: { app: {{name}} } }
                spec: { containers: [{ name: app, image: none }] }
            """);
        for (int i = 0; i < addresses.Length; i++) await AddPodAsync(name, $"{name}-{i}", addresses[i]);
        await SetEndpointsAsync(name, addresses);
        await Eventually.TrueAsync(() => Knows(name, addresses.Length), Patience, $"the control plane knows {name} and its {addresses.Length} endpoints");
    }

    public async Task AddPodAsync(string workload, string pod, string address, bool meshed = true, string? app = null)
    {
        // The API server collects what has no owner, so the owner is a real one.
        JsonObject owner = await Client.GetAsync(ResourcePath.Of("apps", "v1", "deployments", "default", workload));
        await ApplyAsync($$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{pod}}
              labels: { app: {{app ?? workload}} }
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: {{workload}}, uid: "{{owner.Text("metadata", "uid")}}", controller: true}]
            spec:
              serviceAccountName: {{workload}}
              containers: [{name: app, image: none}{{(meshed ? ", {name: tulle-proxy, image: none}" : "")}}]
            status: {phase: Running, podIP: {{address}}, conditions: [{type: Ready, status: "True"}]}
            """);
    }

    public Task SetEndpointsAsync(string service, params string[] addresses)
    {
        IEnumerable<string> endpoints = addresses.Select((address, i) => $"{{addresses: [{address}], conditions: {{ready: true}}, targetRef: {{kind: Pod, name: {service}-{i}}}}}");
        return ApplyAsync($$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: { name: {{service}}-1, labels: { kubernetes.io/service-name: {{service}} } }
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{{string.Join(", ", endpoints)}}]
            """);
    }

    /// <summary>Waits until the control plane knows a workload of namespace "default", which it hears of a moment later.</summary>
    public Task SeenAsync(string workload, int pods = 1) => Eventually.TrueAsync(
        async () =>
        {
            JsonObject answer = await Client.GetRawAsync($"/apis/insight.tulle.dev/v1/namespaces/default/stat/{workload}");
            return answer["items"]!.AsArray().Any(row => row!["total"]!.GetValue<int>() >= pods);
        },
        Patience, $"the control plane knows {workload}");

    /// <summary>A token of a service account for the control plane, bound to a pod if one is named.</summary>
    public async Task<string> TokenAsync(string serviceAccount, string? pod, string audience = "tulle")
    {
        var spec = new JsonObject { ["audiences"] = new JsonArray(audience), ["expirationSeconds"] = 3600 };
        if (pod is not null)
        {
            JsonObject value = await Client.GetAsync(ResourcePath.Of("", "v1", "pods", "default", pod));
            spec["boundObjectRef"] = new JsonObject
            {
                ["kind"] = "Pod", ["apiVersion"] = "v1", ["name"] = pod, ["uid"] = value.Text("metadata", "uid"),
            };
        }
        var request = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenRequest", ["spec"] = spec };
        JsonObject answer = await Client.CreateAsync(
            ResourcePath.Of("", "v1", "serviceaccounts", "default", serviceAccount).WithSubresource("token"), request);
        return answer.Text("status", "token")!;
    }

    public async ValueTask DisposeAsync()
    {
        if (ControlPlane is not null) await ControlPlane.DisposeAsync();
        await StopApiAsync();
        _folder.Dispose();
    }

    private bool Knows(string service, int endpoints)
    {
        Destination? destination = ControlPlane.Views.Current?.Destination("default", $"{service}-0", $"{service}:80");
        return destination is { Resolution: Resolution.Mesh } && destination.Backends[0].Endpoints.Count(endpoint => endpoint.Identity.Length > 0) == endpoints;
    }

    private async Task StartApiAsync(int port)
    {
        Api = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = _folder.PathOf("mesh.db"), AdminToken = "test-admin", Listen = new IPEndPoint(IPAddress.Loopback, port),
        });
        Client = new KubernetesClient(new KubernetesOptions { Server = new Uri(Api.Url), CertificateAuthorityPem = Api.CaPem, Token = "test-admin" });
    }
}
