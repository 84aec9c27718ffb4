using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer;
using Tulle.Kubernetes;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Mirroring;
using Tulle.Testing;

namespace Tulle.Local.Tests.EndpointSlices;

/// <summary>The controller against the real API server.</summary>
public sealed class EndpointSliceControllerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private KubernetesApiServer _server = null!;
    private KubernetesClient _client = null!;
    private Task _controller = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _server = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = _folder.PathOf("mesh.db"),
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            AdminToken = "admin",
        });
        _client = new KubernetesClient(new KubernetesOptions { Server = new Uri(_server.Url), CertificateAuthorityPem = _server.CaPem, Token = "admin" });
        await new ObjectMirror(_client).EnsureAsync(KnownPaths.Namespaces("default"), Manifests.Namespace("default"), default);
        _controller = new EndpointSliceController(_client, TimeProvider.System, new Random(1), _ => { }).RunAsync(_stop.Token);
    }

    [Fact]
    public async Task Run_ReadyPod_IsAnEndpointAndLeavesWhenItIsNot()
    {
        await _client.CreateAsync(KnownPaths.Services("default"), Service("web", new() { ["app"] = "web" }, 80, 8080));
        await CreatePodAsync("web-0", "web", "127.70.0.2", ready: true);
        await WaitAsync("web", slices => Addresses(slices, ready: true) is ["127.70.0.2"]);

        await SetReadyAsync("web-0", "127.70.0.2", ready: false);
        await WaitAsync("web", slices => Addresses(slices, ready: true).Length == 0 && Addresses(slices, ready: false) is ["127.70.0.2"]);

        await _client.DeleteAsync(KnownPaths.Pods("default", "web-0"));
        await WaitAsync("web", slices => slices.Count == 0);
    }

    [Fact]
    public async Task Run_ServiceAppliedByAUserAfterItsPods_GetsThem()
    {
        await CreatePodAsync("late-0", "late", "127.70.0.3", ready: true);
        await CreatePodAsync("other-0", "other", "127.70.0.4", ready: true);

        await _client.CreateAsync(KnownPaths.Services("default"), Service("late", new() { ["app"] = "late" }, 80, 8080));

        JsonObject slice = (await WaitAsync("late", slices => Addresses(slices, ready: true) is ["127.70.0.3"]))[0];
        Assert.Equal(8080, slice["ports"]![0]!["port"]!.GetValue<int>());
        Assert.Equal("late-0", slice["endpoints"]![0]!["targetRef"].Text("name"));
    }

    [Fact]
    public async Task Run_SelectorChanges_EndpointsFollow()
    {
        await CreatePodAsync("blue-0", "blue", "127.70.0.5", ready: true);
        await CreatePodAsync("green-0", "green", "127.70.0.6", ready: true);
        await _client.CreateAsync(KnownPaths.Services("default"), Service("colour", new() { ["app"] = "blue" }, 80, 80));
        await WaitAsync("colour", slices => Addresses(slices, ready: true) is ["127.70.0.5"]);

        var change = new JsonObject { ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = "green" } } };
        await _client.PatchAsync(KnownPaths.Services("default", "colour"), PatchKind.Merge, change);

        await WaitAsync("colour", slices => Addresses(slices, ready: true) is ["127.70.0.6"]);
    }

    [Fact]
    public async Task Run_SliceIsDeletedByHand_ComesBack()
    {
        await _client.CreateAsync(KnownPaths.Services("default"), Service("sturdy", new() { ["app"] = "sturdy" }, 80, 80));
        await CreatePodAsync("sturdy-0", "sturdy", "127.70.0.7", ready: true);
        JsonObject slice = (await WaitAsync("sturdy", slices => slices.Count == 1))[0];

        await _client.DeleteAsync(KnownPaths.EndpointSlices("default", slice.ObjectName()));

        await WaitAsync("sturdy", slices => slices.Count == 1 && slices[0].Text("metadata", "uid") != slice.Text("metadata", "uid"));
    }

    [Fact]
    public async Task Run_ServiceIsDeleted_ItsSlicesGo()
    {
        await _client.CreateAsync(KnownPaths.Services("default"), Service("brief", new() { ["app"] = "brief" }, 80, 80));
        await CreatePodAsync("brief-0", "brief", "127.70.0.8", ready: true);
        await WaitAsync("brief", slices => slices.Count == 1);

        await _client.DeleteAsync(KnownPaths.Services("default", "brief"));

        await WaitAsync("brief", slices => slices.Count == 0);
    }

    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _controller;
        _client.Dispose();
        await _server.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task<IReadOnlyList<JsonObject>> WaitAsync(string service, Func<IReadOnlyList<JsonObject>, bool> condition)
    {
        IReadOnlyList<JsonObject> slices = [];
        await Eventually.TrueAsync(async () =>
        {
            slices = (await _client.ListAsync(KnownPaths.EndpointSlices("default"), new ListOptions { LabelSelector = $"{SliceBuilder.ServiceLabel}={service}" })).Items;
            return condition(slices);
        }, Patience, $"the slices of {service} are as expected", () => string.Join('\n', slices.Select(slice => slice.ToJsonString())));
        return slices;
    }

    private static string[] Addresses(IReadOnlyList<JsonObject> slices, bool ready) =>
    [
        .. slices.SelectMany(slice => slice["endpoints"]!.AsArray())
            .Where(endpoint => endpoint!["conditions"]!["ready"]!.GetValue<bool>() == ready)
            .Select(endpoint => endpoint!["addresses"]![0]!.GetValue<string>()),
    ];

    private async Task CreatePodAsync(string name, string app, string address, bool ready)
    {
        await _client.CreateAsync(KnownPaths.Pods("default"), new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["labels"] = new JsonObject { ["app"] = app } },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "process" }) },
        });
        await SetReadyAsync(name, address, ready);
    }

    private Task SetReadyAsync(string name, string address, bool ready) => _client.PatchAsync(
        KnownPaths.Pods("default", name).WithSubresource("status"), PatchKind.Merge, new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["podIP"] = address,
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }),
            },
        });

    private static JsonObject Service(string name, JsonObject selector, int port, int target) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["selector"] = selector,
            ["ports"] = new JsonArray(new JsonObject { ["port"] = port, ["targetPort"] = target }),
        },
    };
}
