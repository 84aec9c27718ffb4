using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>What is killed with signal 9 under load is missed for less than a second.</summary>
public sealed class CrashTests(EchoMesh echo)
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Kill_Sidecar_TheOthersCarryOn_AndItComesBack() =>
        await KillAsync(replica => replica.ProxyPid);

    [Fact]
    public async Task Kill_App_TheOthersCarryOn_AndItComesBack() =>
        await KillAsync(replica => replica.AppPid);

    [Fact]
    public async Task Kill_Mesh_NobodyNotices_AndTheNextOneCarriesOn()
    {
        await echo.SettleAsync();
        string kept = echo.Mesh.Write("kept.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept }\ndata: { key: value }\n");
        await echo.Mesh.Kubectl.RunAsync("apply", "-f", kept);
        IReadOnlyList<MeshReplica> before = echo.Mesh.Replicas();
        await using LoadClient load = echo.Load().Start(connections: 4, pause: TimeSpan.FromMilliseconds(2));
        await FlowsAsync(load);

        echo.Mesh.Up.Send(Signal.Kill);
        await echo.Mesh.Up.WaitForExitAsync(Eventually.Patience);
        await FlowsAsync(load);
        await echo.Mesh.StartAsync();
        await FlowsAsync(load);
        await load.StopAsync();

        Assert.True(load.Failures.Count == 0, load.ToString());
        Assert.Equal(before, echo.Mesh.Replicas());
        Assert.Contains("kept", await echo.Mesh.Kubectl.RunAsync("get", "configmap", "kept", "-o", "name"));
        await echo.Mesh.Kubectl.RunAsync("delete", "-f", kept);
        CommandResult check = await echo.Mesh.TulleAsync("check", "--wait", "15s");
        Assert.True(check.ExitCode == 0, check.ToString());
    }

    [Fact]
    public async Task Stop_ControlPlaneForAMinute_NoRequestFails()
    {
        await echo.SettleAsync();
        await using LoadClient load = echo.Load().Start(connections: 2, pause: TimeSpan.FromMilliseconds(10));
        await FlowsAsync(load);
        echo.Mesh.Up.Send(Signal.Stop);
        try
        {
            // The time itself is what is tested: no lease, token or connection may run out in it.
            TimeSpan until = load.Now + TimeSpan.FromSeconds(60);
            await Eventually.TrueAsync(() => load.Now > until, TimeSpan.FromSeconds(70), "a minute has passed");
        }
        finally
        {
            echo.Mesh.Up.Send(Signal.Continue);
        }
        await FlowsAsync(load);
        await load.StopAsync();
        Assert.True(load.Failures.Count == 0, load.ToString());
        CommandResult check = await echo.Mesh.TulleAsync("check", "--wait", "20s");
        Assert.True(check.ExitCode == 0, check.ToString());
    }

    private async Task KillAsync(Func<MeshReplica, int> pid)
    {
        await echo.SettleAsync();
        MeshReplica victim = echo.Mesh.Replicas("user-service-v2")[0];
        await using LoadClient load = echo.Load().Start(connections: 4, pause: TimeSpan.FromMilliseconds(2));
        await FlowsAsync(load);

        CpuWaits waits = CpuWaits.Begin(echo.Mesh.Processes());
        TimeSpan killed = load.Now;
        Assert.True(RunningProcess.SendTo(pid(victim), Signal.Kill));
        await Eventually.TrueAsync(() => load.Now > killed + Noticed, Eventually.Patience, "a second has passed");
        TimeSpan noticed = killed + Noticed + waits.SoFar;
        await Eventually.TrueAsync(
            () => echo.Mesh.Replicas("user-service-v2")[0] is var now && pid(now) != pid(victim) && pid(now) > 0,
            Eventually.Patience, "it is started again", echo.Mesh.Show);
        CommandResult check = await echo.Mesh.TulleAsync("check", "--wait", "20s");
        Assert.True(check.ExitCode == 0, check.ToString());
        await FlowsAsync(load);
        await load.StopAsync();

        Sample[] late = [.. load.Failures.Where(s => s.Started > noticed)];
        Assert.True(late.Length == 0, $"{late.Length} requests failed after {noticed.TotalSeconds:0.00} s, although the kill was at {killed.TotalSeconds:0.00} s: {load}");
        Assert.True(load.Samples.All(s => s.Error != LoadClient.TimedOut), $"a request hung: {load}");
        await using LoadClient after = echo.Load(service: "user-service-v2");
        Assert.All(await after.SendAsync(50, 2), s => Assert.Equal(200, s.Status));
    }

    /// <summary>Waits for another hundred requests.</summary>
    private static async Task FlowsAsync(LoadClient load)
    {
        int before = load.Samples.Count;
        await Eventually.TrueAsync(() => load.Samples.Count >= before + 100, Eventually.Patience, "a hundred requests are answered", load.ToString);
    }
}
