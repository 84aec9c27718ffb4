using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>STRICT mTLS keeps plaintext out without a mesh client noticing the switch.</summary>
public sealed class StrictTests(EchoMesh echo)
{
    [Fact]
    public async Task PeerAuthentication_Strict_RefusesPlaintext_AndNoMeshRequestFails()
    {
        string strict = RepositoryFolder.PathOf("samples", "seed", "peerauthentication-strict.yaml");
        MeshReplica target = echo.Mesh.Replicas("user-service-v1")[0];
        await echo.SettleAsync();
        await using LoadClient inside = echo.Load().Start(connections: 4, pause: TimeSpan.FromMilliseconds(2));
        await using LoadClient outside = new($"http://{target.Address}:80/");
        Assert.Equal(200, (await outside.SendAsync(1, 1))[0].Status);

        await echo.Mesh.Kubectl.RunAsync("apply", "-f", strict);
        try
        {
            CpuWaits waits = CpuWaits.Begin(echo.Mesh.Processes());
            TimeSpan took = await Eventually.TrueAsync(async () => (await outside.SendAsync(1, 1))[0].Status != 200, Eventually.Patience, "plaintext is refused", echo.Mesh.Show);
            TimeSpan waited = waits.SoFar;
            Assert.True(took < TimeSpan.FromSeconds(1) + waited, $"the switch took {took.TotalMilliseconds:0} ms, of which it waited {waited.TotalMilliseconds:0} ms for a core");
            IReadOnlyList<Sample> refused = await outside.SendAsync(50, 4);
            // Clean: an answer or a closed connection at once, never a hang.
            Assert.All(refused, s => Assert.True(s.Status != 200 && s.Error != LoadClient.TimedOut, $"{s}"));
        }
        finally
        {
            await echo.Mesh.Kubectl.RunAsync("delete", "-f", strict);
        }
        await Eventually.TrueAsync(async () => (await outside.SendAsync(1, 1))[0].Status == 200, Eventually.Patience, "plaintext is let in again", echo.Mesh.Show);
        await Eventually.TrueAsync(() => inside.Samples.Count > 200, Eventually.Patience, "mesh requests went on", inside.ToString);
        await inside.StopAsync();
        Assert.True(inside.Samples.All(s => s.Status == 200), inside.ToString());
    }
}
