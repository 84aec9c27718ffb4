using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Diagnosis;

/// <summary><c>tulle diagnose</c> without anybody to ask but the sidecars.</summary>
public sealed class ControlPlaneDownTests : IAsyncLifetime
{
    private readonly MeshProcess _mesh = new($$"""
        name: headless
        services:
          web:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
        """);

    public async ValueTask InitializeAsync() => await _mesh.StartAsync();

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task ControlPlaneDown_IsSaid_WithWhatTheSidecarsTell()
    {
        _mesh.Up.Send(Signal.Kill);
        await _mesh.Up.WaitForExitAsync(TimeSpan.FromSeconds(60));
        CommandResult? text = null;
        await Eventually.TrueAsync(
            async () => (text = await _mesh.TulleAsync("diagnose", "web")).Output.Contains("they have been without the control plane for", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), "the sidecar has noticed", () => $"{text}");
        Assert.Equal(1, text!.ExitCode);
        Assert.StartsWith("service default/web is broken\nthe control plane is down: sidecars serve on with what they knew last", text.Output);
        Assert.Contains("× control-plane-down", text.Output);
        Assert.Contains("1 of 1 sidecars on this machine run", text.Output);
        Assert.Contains("mutual TLS works until", text.Output);
        Assert.Contains("1 of 1 applications and 1 of 1 sidecars run", text.Output);

        RunningProcess.SendTo(_mesh.Replicas("web")[0].AppPid, Signal.Kill);
        await Eventually.TrueAsync(
            async () => (text = await _mesh.TulleAsync("diagnose", "web")).Output.Contains("× app-down", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), "the application's end is said", () => $"{text}");
    }

    [Fact]
    public async Task NothingEverRan_IsNoDiagnosis()
    {
        Assert.Equal(0, await _mesh.StopAsync());
        CommandResult result = await _mesh.TulleAsync("diagnose", "web");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("no mesh is running on this machine", result.Error);
    }
}
