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
        await mesh.Up.WaitForExitAsync(Eventually.Patience);
        Assert.All(replicas, r => Assert.True(RunningProcess.IsAlive(r.AppPid) && RunningProcess.IsAlive(r.ProxyPid), $"{r.Pod} went down with the mesh"));
        CommandResult down = await mesh.TulleAsync("down");
        Assert.True(down.ExitCode == 0, down.ToString());
        AssertGone(mesh, replicas);
    }

    [Fact]
    public async Task Up_ProgramThatEnds_IsToldAtOnceWithItsLastWords()
    {
        await using MeshProcess mesh = new("""
            services:
              solo:
                command: sh -c 'echo no database here; exit 3'
                ports: ["80"]

            """);
        await using RunningProcess up = mesh.StartTulle("up");
        await up.WaitForTextAsync("! solo: it ended with exit code 3: no database here; see 'tulle logs solo-0'; it is tried again and again", TimeSpan.FromSeconds(60));
        up.Send(Signal.Interrupt);
        await up.WaitForExitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Up_ProgramThatCannotStart_IsToldAtOnce()
    {
        await using MeshProcess mesh = new(Compose.Replace("python3", "./missing.sh", StringComparison.Ordinal));
        await using RunningProcess up = mesh.StartTulle("up");
        await up.WaitForTextAsync("! solo: it cannot start: there is no file ", TimeSpan.FromSeconds(60));
        up.Send(Signal.Interrupt);
        await up.WaitForExitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Up_PortOfLastTimeIsTaken_TakesAnother()
    {
        await using MeshProcess mesh = new(Compose);
        await mesh.StartAsync();
        int port = ApiPort();
        Assert.Equal(0, await mesh.StopAsync());
        using System.Net.Sockets.TcpListener stranger = new(System.Net.IPAddress.Loopback, port);
        stranger.Start();

        await mesh.StartAsync();
        Assert.NotEqual(port, ApiPort());
        Assert.Equal(0, (await mesh.TulleAsync("get", "pods")).ExitCode);
        Assert.Equal(0, await mesh.StopAsync());

        int ApiPort()
        {
            using var state = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(mesh.Home, "state.json")));
            return state.RootElement.GetProperty("apiPort").GetInt32();
        }
    }

    [Fact]
    public async Task Up_PublishedPortIsTaken_NamesTheAddress()
    {
        using System.Net.Sockets.TcpListener taken = new(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        await using MeshProcess mesh = new(Compose.Replace("\"80\"", $"\"{port}:80\"", StringComparison.Ordinal));
        await using RunningProcess up = mesh.StartTulle("up");
        await up.WaitForTextAsync("! solo: its sidecar ended with exit code", TimeSpan.FromSeconds(60));
        Assert.Contains($"127.0.0.1:{port}", up.Output + up.Error);
        Assert.Contains("see 'tulle logs solo-0 --proxy'", up.Output + up.Error);
        up.Send(Signal.Interrupt);
        await up.WaitForExitAsync(TimeSpan.FromSeconds(60));
    }

    private static void AssertGone(MeshProcess mesh, IReadOnlyList<MeshReplica> replicas)
    {
        Assert.All(replicas, r => Assert.False(RunningProcess.IsAlive(r.AppPid) || RunningProcess.IsAlive(r.ProxyPid), $"processes of {r.Pod} still run"));
        Assert.False(File.Exists(Path.Combine(mesh.Home, "lock")), "the lock is left behind");
    }
}
