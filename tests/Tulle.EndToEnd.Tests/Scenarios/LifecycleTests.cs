using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>A mesh comes and goes without leaving anything behind.</summary>
public sealed class LifecycleTests
{
    private static readonly string Compose = $$"""
        services:
          solo:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]

        """;

    [Fact]
    public async Task Up_Interrupted_EndsEveryProcess_AndKeepsItsObjects()
    {
        await using MeshProcess mesh = new(Compose);
        await mesh.StartAsync();
        string file = mesh.Write("kept.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept }\n");
        Assert.Equal(0, (await mesh.TulleAsync("apply", "-f", file)).ExitCode);
        IReadOnlyList<MeshReplica> replicas = mesh.Replicas();
        Assert.Equal(0, await mesh.StopAsync());
        AssertGone(mesh, replicas);
        CommandResult none = await mesh.TulleAsync("get", "pods");
        Assert.Equal(3, none.ExitCode);
        Assert.Contains("no mesh is running", none.Error);

        await mesh.StartAsync();
        Assert.Equal("configmap/kept\n", (await mesh.TulleAsync("get", "configmap", "kept", "-o", "name")).Output);
        Assert.Equal(0, await mesh.StopAsync());
    }

    [Fact]
    public async Task Down_AfterAKill_EndsWhatWasLeft()
    {
        await using MeshProcess mesh = new(Compose);
        await mesh.StartAsync();
        IReadOnlyList<MeshReplica> replicas = mesh.Replicas();
        mesh.Up.Send(Signal.Kill);
        await mesh.Up.WaitForExitAsync(TimeSpan.FromSeconds(5));
        Assert.All(replicas, r => Assert.True(RunningProcess.IsAlive(r.AppPid) && RunningProcess.IsAlive(r.ProxyPid), $"{r.Pod} went down with the mesh"));
        CommandResult down = await mesh.TulleAsync("down");
        Assert.True(down.ExitCode == 0, down.ToString());
        AssertGone(mesh, replicas);
    }

    private static void AssertGone(MeshProcess mesh, IReadOnlyList<MeshReplica> replicas)
    {
        Assert.All(replicas, r => Assert.False(RunningProcess.IsAlive(r.AppPid) || RunningProcess.IsAlive(r.ProxyPid), $"processes of {r.Pod} still run"));
        Assert.False(File.Exists(Path.Combine(mesh.Home, "lock")), "the lock is left behind");
    }
}
