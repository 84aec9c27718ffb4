using System.Net;
using Tulle.ApiServer;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;
using Tulle.Local.Adoption;
using Tulle.Local.Credentials;
using Tulle.Local.Hosting;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;
using Tulle.Local.Tests.Supervision;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.Local.Tests.Hosting;

/// <summary>A state folder that cannot be written to for a while, as on a full disk. A folder in the place of the next version of a file stands for that.</summary>
public sealed class UnwritableStateTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExitWatcher _watcher = new();
    private readonly HttpClient _http = new(new ReadyHandler());
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _log = [];
    private KubernetesApiServer _server = null!;
    private KubernetesClient _client = null!;
    private MeshHome _home = null!;
    private ReplicaServices _services = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = _folder.PathOf("mesh.db"), Listen = new IPEndPoint(IPAddress.Loopback, 0), AdminToken = "admin",
        });
        _client = new KubernetesClient(new KubernetesOptions { Server = new Uri(_server.Url), CertificateAuthorityPem = _server.CaPem, Token = "admin" });
        _home = new MeshHome(_folder.PathOf("state"));
        _home.Create();
        var mirror = new ObjectMirror(_client);
        foreach (string name in (string[])["default", ProtocolNames.SystemNamespace]) await mirror.EnsureAsync(KnownPaths.Namespaces(name), Manifests.Namespace(name), default);
        await mirror.EnsureAsync(KnownPaths.ServiceAccounts("default", "web"), Manifests.ServiceAccount("default", "web", MeshLabels.Manager), default);
        await _client.CreateAsync(KnownPaths.ConfigMaps(ProtocolNames.SystemNamespace), new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "tulle-trust-anchors", ["namespace"] = ProtocolNames.SystemNamespace },
            ["data"] = new System.Text.Json.Nodes.JsonObject { ["anchors.pem"] = "anchors" },
        });
        _services = new ReplicaServices
        {
            Home = _home,
            Mirror = mirror,
            Events = new EventRecorder(_client, "tulle", TimeProvider.System),
            Credentials = new WorkloadCredentials(_client, _home, TimeProvider.System),
            Watcher = _watcher,
            Http = _http,
            Clock = TimeProvider.System,
            State = StateFile.Open(_home.State),
            Log = line =>
            {
                lock (_log) _log.Add(line);
            },
        };
    }

    [Fact]
    public async Task Application_EndsMeanwhile_IsStartedAgainAndItsSidecarStays()
    {
        ReplicaModel model = Model();
        var replica = new Replica(model, _services, deploymentUid: null);
        await replica.Ready.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        ReplicaState before = _services.State!.Current.Replicas[model.Pod];

        Directory.CreateDirectory($"{_home.State}.new");
        RunningProcess.SendTo(before.App!.Pid, Signal.Kill);
        await Eventually.TrueAsync(
            () => File.ReadAllLines(_folder.PathOf("runs")).Length == 2, Eventually.Patience, "the application is started again", () => string.Join('\n', _log));
        Assert.True(before.Proxy!.IsAlive);
        lock (_log) Assert.Contains(_log, line => line.StartsWith("web-0: ", StringComparison.Ordinal));

        Directory.Delete($"{_home.State}.new");
        await replica.StopAsync();
        Assert.False(before.Proxy.IsAlive);
        Assert.Null(StateFile.Open(_home.State).Current.Replicas[model.Pod].App);
    }

    [Fact]
    public async Task Token_ThatCannotBeWrittenMeanwhile_IsRenewedLater()
    {
        ReplicaModel model = Model();
        var pod = await _client.CreateAsync(KnownPaths.Pods("default"), Manifests.Pod(model, null));
        string uid = pod["metadata"]!["uid"]!.GetValue<string>(), token = _home.Token(model.Pod);
        Directory.CreateDirectory($"{token}.new");
        Task renewing = _services.Credentials.RenewAsync(model, uid, TimeProvider.System.GetUtcNow(), _stop.Token);
        await Eventually.TrueAsync(() => File.Exists(_home.Anchors(model.Pod)), Eventually.Patience, "the renewal has begun");

        Directory.Delete($"{token}.new");
        await Eventually.TrueAsync(() => File.Exists(token), Eventually.Patience, "the token is written");
        _stop.Cancel();
        await renewing;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _http.Dispose();
        _watcher.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    private ReplicaModel Model() => new()
    {
        Pod = "web-0",
        Namespace = "default",
        Service = "web",
        Address = IPAddress.Parse("127.70.0.2"),
        Ports = [],
        Labels = new Dictionary<string, string> { ["app"] = "web" },
        App = Sh.Script(_folder, "echo $$ >> runs; exec sleep 600"),
        Proxy = Sh.Script(_folder, "exec sleep 600"),
        Manager = MeshLabels.Manager,
    };

    /// <summary>A sidecar that is always ready.</summary>
    private sealed class ReadyHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
    }
}
