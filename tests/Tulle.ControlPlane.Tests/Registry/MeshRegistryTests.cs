using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Registry;
using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Registry;

public sealed class MeshRegistryTests
{
    [Fact]
    public async Task Run_FirstSnapshot_HasEverything()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2", "127.64.0.3");
        await mesh.ApplyAsync("""
            {apiVersion: networking.istio.io/v1alpha3, kind: VirtualService, metadata: {name: a}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: {host: users, subsets: [{name: s, labels: {a: b}}]}}
            ---
            {apiVersion: split.smi-spec.io/v1alpha1, kind: TrafficSplit, metadata: {name: a}, spec: {service: users, backends: [{service: users, weight: 1}]}}
            ---
            {apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {name: users.default.svc.cluster.local}, spec: {routes: [{name: r, condition: {method: GET}}]}}
            ---
            {apiVersion: security.istio.io/v1beta1, kind: PeerAuthentication, metadata: {name: a}, spec: {mtls: {mode: STRICT}}}
            """);
        await using var running = new Running(mesh);
        MeshSnapshot first = await running.NextAsync(_ => true);
        var users = new ObjectKey("default", "users");
        Assert.Contains(users, first.Services.Keys);
        Assert.Equal(2, Assert.Single(first.SlicesOf(users)).Endpoints.Count);
        Assert.Equal("users-0", first.PodsByAddress["127.64.0.2"].Meta.Name);
        Assert.Single(first.VirtualServices);
        Assert.Single(first.DestinationRules["default"]);
        Assert.Single(first.TrafficSplits["default"]);
        Assert.Single(first.ServiceProfiles);
        Assert.Single(first.PeerAuthentications["default"]);
    }

    [Fact]
    public async Task Run_ObjectsChange_OnlyTheirIndexIsNew()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await using var running = new Running(mesh);
        MeshSnapshot before = await running.NextAsync(_ => true);
        const string Policy = "{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: a}, spec: {mtls: {mode: STRICT}}}";
        await mesh.ApplyAsync(Policy);
        MeshSnapshot after = await running.NextAsync(snapshot => snapshot.PeerAuthentications.Count == 1);
        Assert.Same(before.Pods, after.Pods);
        Assert.Same(before.Services, after.Services);
        await mesh.DeleteAsync("security.istio.io", "peerauthentications", "a");
        await running.NextAsync(snapshot => snapshot.PeerAuthentications.Count == 0);
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Channel<MeshSnapshot> _snapshots = Channel.CreateUnbounded<MeshSnapshot>();
        private readonly Task _run;

        public Running(TestMesh mesh)
        {
            var registry = new MeshRegistry(
                mesh.Client, new MeshSettings(), snapshot => _snapshots.Writer.TryWrite(snapshot), TimeProvider.System, new Random(1), NullLogger<MeshRegistry>.Instance);
            _run = registry.RunAsync(_stop.Token);
        }

        public async Task<MeshSnapshot> NextAsync(Func<MeshSnapshot, bool> wanted)
        {
            using var patience = new CancellationTokenSource(TestMesh.Patience);
            while (true)
            {
                MeshSnapshot snapshot = await _snapshots.Reader.ReadAsync(patience.Token);
                if (wanted(snapshot)) return snapshot;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }
}
