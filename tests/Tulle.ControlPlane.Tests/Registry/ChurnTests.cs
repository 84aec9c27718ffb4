using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Registry;

/// <summary>Objects that come and go through the API server and the control plane leave neither bigger.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class ChurnTests
{
    private const int Rounds = 8;
    private const int PerRound = 50;

    [Fact]
    public async Task ServicesPodsAndRules_ComeAndGo_MemoryStaysFlat()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        long settled = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string last = "";
            for (int i = 0; i < PerRound; i++) await AddAsync(mesh, last = $"churn-{round}-{i}", $"127.65.{round}.{i + 1}");
            await Eventually.TrueAsync(
                () => mesh.ControlPlane.Views.Current!.Destination("default", "", $"{last}:80").Backends.Any(backend => backend.Endpoints.Count == 1),
                TestMesh.Patience, "the control plane knows the last one");
            for (int i = 0; i < PerRound; i++) await RemoveAsync(mesh, $"churn-{round}-{i}");
            await Eventually.TrueAsync(() => IsEmpty(mesh), TestMesh.Patience, "the control plane has forgotten them all");
            // The first rounds fill pools and tables that are kept.
            if (round == 2) settled = Memory();
        }
        // What one round holds at a time is about 2 MB; five rounds more would show.
        Assert.InRange(Memory() - settled, long.MinValue, 4 * 1024 * 1024);
    }

    private static async Task AddAsync(TestMesh mesh, string name, string address)
    {
        await mesh.ApplyAsync($$"""
            apiVersion: v1
            kind: Service
            metadata: { name: {{name}} }
            spec: { selector: { app: {{name}} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
            ---
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}}-0, labels: { app: {{name}} } }
            spec: { serviceAccountName: {{name}}, containers: [{ name: app, image: none }, { name: tulle-proxy, image: none }] }
            status: { phase: Running, podIP: {{address}}, conditions: [{ type: Ready, status: "True" }] }
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: {{name}} }
            spec: { hosts: [{{name}}], http: [{ name: r-{{name}}, route: [{ destination: { host: {{name}} } }] }] }
            """);
        await mesh.SetEndpointsAsync(name, address);
    }

    private static async Task RemoveAsync(TestMesh mesh, string name)
    {
        await mesh.DeleteAsync("networking.istio.io", "virtualservices", name);
        await mesh.DeleteAsync("discovery.k8s.io", "endpointslices", $"{name}-1");
        await mesh.DeleteAsync("", "pods", $"{name}-0");
        await mesh.DeleteAsync("", "services", name);
    }

    private static bool IsEmpty(TestMesh mesh) =>
        mesh.ControlPlane.Views.Current is CompiledView { Snapshot: { Services.Count: 0, Pods.Count: 0, VirtualServices.Count: 0, Slices.Count: 0 } };

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
