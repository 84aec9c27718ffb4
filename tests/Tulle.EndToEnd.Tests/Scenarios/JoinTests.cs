using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary><c>tulle run</c> adds a workload to the running mesh, with upstreams for clients that know no HTTP proxy.</summary>
public sealed class JoinTests(EchoMesh echo)
{
    [Fact]
    public async Task Run_NewService_IsReachedByTheMesh_ReachesTheMesh_AndLeavesNothing()
    {
        int upstream = FreePort.Next();
        await using RunningProcess run = echo.Mesh.StartTulle(
            "run", "--service", "joined", "--port", "80", "--upstream", $"127.0.0.1:{upstream}=user-service-v2:80", "--", "python3", EchoMesh.App);
        await using LoadClient load = echo.Load(service: "joined");
        await Eventually.TrueAsync(async () => (await load.SendAsync(1, 1))[0].Status == 200, Eventually.Patience, "the new service answers", run.Show);
        await using LoadClient through = new($"http://127.0.0.1:{upstream}/");
        await Eventually.TrueAsync(async () => (await through.SendAsync(1, 1))[0] is { Status: 200, Version: "v2" }, Eventually.Patience, "its upstream answers", run.Show);
        IReadOnlyList<int> children = run.Children();
        Assert.True(children.Count >= 2, $"an application and its sidecar, not {children.Count} processes");

        run.Send(Signal.Interrupt);
        Assert.True(await run.WaitForExitAsync(Eventually.Patience) is 0 or 130, run.Show());
        Assert.All(children, pid => Assert.False(RunningProcess.IsAlive(pid), $"process {pid} still runs"));
        await Eventually.TrueAsync(
            async () => !(await echo.Mesh.Kubectl.RunAsync("get", "pods", "-o", "name")).Contains("joined", StringComparison.Ordinal),
            Eventually.Patience, "its pod is gone");
    }

    [Fact]
    public async Task Logs_OfASidecar_SayWhatItServes()
    {
        CommandResult logs = await echo.Mesh.TulleAsync("logs", "client", "--proxy");
        Assert.True(logs.ExitCode == 0, logs.ToString());
        Assert.Contains("serves outbound", logs.Output);
        CommandResult unknown = await echo.Mesh.TulleAsync("logs", "nobody");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("client", unknown.Error);
    }

    [Fact]
    public async Task Logs_OfAServiceOfSeveralDeployments_AreThoseOfAllItsReplicas()
    {
        CommandResult logs = await echo.Mesh.TulleAsync("logs", "svc/user-service", "--proxy");
        Assert.True(logs.ExitCode == 0, logs.ToString());
        foreach (string pod in (string[])["user-service-v1-0", "user-service-v1-1", "user-service-v2-0", "user-service-v2-1"]) Assert.Contains($"[{pod}] ", logs.Output);
    }

    [Fact]
    public async Task Run_ProgramListensElsewhere_SaysWhere()
    {
        string port = FreePort.Next().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using RunningProcess run = echo.Mesh.StartTulle("run", "--service", "elsewhere", "--port", "80", "--", "python3", "-m", "http.server", "--bind", "127.0.0.1", port);
        await Eventually.TrueAsync(
            () => run.Error.Contains($"it listens at 127.0.0.1:{port} instead of 127.0.0.1:", StringComparison.Ordinal), TimeSpan.FromSeconds(60), "the mistake is named", run.Show);
        Assert.Contains($"or join with --port 80:{port}", run.Error);
        run.Send(Signal.Interrupt);
        await run.WaitForExitAsync(Eventually.Patience);
    }
}
