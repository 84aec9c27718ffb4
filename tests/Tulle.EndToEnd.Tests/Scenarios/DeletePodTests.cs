using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>A Pod stands for its processes: deleting it ends them, and others take their place, as on a cluster.</summary>
public sealed class DeletePodTests(EchoMesh echo)
{
    [Fact]
    public async Task Delete_Pod_UnderLoad_IsReplacedWithoutAFailedRequest()
    {
        await echo.SettleAsync();
        MeshReplica victim = echo.Mesh.Replicas("user-service-v1")[0];
        await using LoadClient load = echo.Load().Start(connections: 2, pause: TimeSpan.FromMilliseconds(5));

        await echo.Mesh.Kubectl.RunAsync("delete", "pod", victim.Pod);
        await Eventually.TrueAsync(
            () => echo.Mesh.Replicas("user-service-v1")[0] is var now && now.AppPid > 0 && now.ProxyPid > 0 && now.AppPid != victim.AppPid && now.ProxyPid != victim.ProxyPid,
            Eventually.Patience, "other processes run", echo.Mesh.Show);
        await echo.Mesh.Kubectl.RunAsync("wait", "--for=condition=Ready", "--timeout=20s", $"pod/{victim.Pod}");
        await load.StopAsync();

        Assert.False(RunningProcess.IsAlive(victim.AppPid) || RunningProcess.IsAlive(victim.ProxyPid), "the processes of the deleted pod still run");
        Assert.True(load.Failures.Count == 0, load.ToString());
    }
}
