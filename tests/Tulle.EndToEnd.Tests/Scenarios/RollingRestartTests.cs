using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>Every replica is replaced, one after the other, under load, and no request is lost: neither HTTP/1.1 nor gRPC.</summary>
public sealed class RollingRestartTests(EchoMesh echo)
{
    [Fact]
    public async Task Replace_EveryReplica_UnderHttp1Load_LosesNothing()
    {
        await echo.SettleAsync();
        await using LoadClient load = echo.Load().Start(connections: 4, pause: TimeSpan.FromMilliseconds(4));
        foreach (string deployment in new[] { "user-service-v1", "user-service-v2" }) await ReplaceAllAsync(deployment);
        await load.StopAsync();
        Assert.True(load.Samples.Count > 200, load.ToString());
        Assert.True(load.Samples.All(s => s.Status == 200), load.ToString());
    }

    [Fact]
    public async Task Replace_EveryReplica_UnderGrpcLoad_LosesNothing()
    {
        await using GrpcLoad load = new(EchoMesh.Talker, callers: 6, pause: TimeSpan.FromMilliseconds(4));
        await Eventually.TrueAsync(() => load.Calls > 50, Eventually.Patience, "calls are answered", () => $"{load}\n{echo.Mesh.Show()}");
        await ReplaceAllAsync("talker");
        await load.StopAsync();
        Assert.True(load.Calls > 200 && load.Failures.IsEmpty, load.ToString());
    }

    private async Task ReplaceAllAsync(string deployment)
    {
        foreach (MeshReplica old in echo.Mesh.Replicas(deployment))
        {
            await echo.Mesh.Kubectl.RunAsync("delete", "pod", old.Pod);
            await Eventually.TrueAsync(
                () => echo.Mesh.Replicas(deployment).SingleOrDefault(r => r.Pod == old.Pod) is { AppPid: > 0, ProxyPid: > 0 } now
                    && now.AppPid != old.AppPid && now.ProxyPid != old.ProxyPid,
                TimeSpan.FromSeconds(30), $"{old.Pod} has other processes", echo.Mesh.Show);
            await echo.Mesh.Kubectl.RunAsync("wait", "--for=condition=Ready", "--timeout=20s", $"pod/{old.Pod}");
        }
    }
}
