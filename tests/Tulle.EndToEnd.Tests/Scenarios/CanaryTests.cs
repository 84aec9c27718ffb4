using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>Traffic is shifted with YAML copied from other meshes' documentation, by real kubectls.</summary>
public sealed class CanaryTests(EchoMesh echo)
{
    private const int Requests = 5000;
    private static readonly TimeSpan Effect = TimeSpan.FromSeconds(1);

    private const string Subsets = """
        apiVersion: networking.istio.io/v1alpha3
        kind: DestinationRule
        metadata:
          name: user-service
        spec:
          host: user-service
          subsets:
          - name: v1
            labels:
              version: v1
          - name: v2
            labels:
              version: v2
        """;

    public static TheoryData<string> Kubectls => [.. KubectlTool.Installed()];

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task VirtualService_Canary_ShiftsTenPercent_AndEveryRequestWithTheHeader(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        await echo.SettleAsync();
        string subsets = echo.Mesh.Write("subsets.yaml", Subsets);
        string canary = RepositoryFolder.PathOf("samples", "seed", "virtualservice-canary.yaml");
        await kubectl.RunAsync("apply", "-f", subsets);
        await kubectl.RunAsync("apply", "-f", canary);
        try
        {
            await TakesEffectAsync(header: "v2", samples => samples.All(s => s.Version == "v2"));
            await using LoadClient plain = echo.Load();
            AssertShare(await plain.SendAsync(Requests), plain);

            await using LoadClient testers = echo.Load();
            testers.Headers["version"] = "v2";
            Assert.All(await testers.SendAsync(500), s => Assert.Equal((200, "v2"), (s.Status, s.Version)));
        }
        finally
        {
            await kubectl.RunAsync("delete", "-f", canary);
            await kubectl.RunAsync("delete", "-f", subsets);
        }
        await RestoredAsync();
    }

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task TrafficSplit_Canary_ShiftsTenPercent(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        await echo.SettleAsync();
        string split = RepositoryFolder.PathOf("samples", "seed", "trafficsplit-canary.yaml");
        await kubectl.RunAsync("apply", "-f", split);
        try
        {
            await TakesEffectAsync(header: null, samples => samples.Count(s => s.Version == "v1") >= samples.Count * 3 / 4);
            await using LoadClient plain = echo.Load();
            AssertShare(await plain.SendAsync(Requests), plain);
        }
        finally
        {
            await kubectl.RunAsync("delete", "-f", split);
        }
        await RestoredAsync();
    }

    private async Task TakesEffectAsync(string? header, Func<IReadOnlyList<Sample>, bool> holds)
    {
        CpuWaits waits = CpuWaits.Begin(echo.Mesh.Processes());
        TimeSpan took = await Eventually.TrueAsync(
            async () =>
            {
                await using LoadClient load = echo.Load();
                if (header is not null)
                {
                    load.Headers["version"] = header;
                }
                return holds(await load.SendAsync(40, connections: 4));
            },
            Eventually.Patience, "the rule takes effect", echo.Mesh.Show);
        TimeSpan waited = waits.SoFar;
        Assert.True(took < Effect + waited, $"the rule took {took.TotalMilliseconds:0} ms to take effect, of which it waited {waited.TotalMilliseconds:0} ms for a core");
    }

    // How long it takes is measured where a rule takes effect: even shares come by chance, and may need another round.
    private async Task RestoredAsync() =>
        await Eventually.TrueAsync(
            async () =>
            {
                await using LoadClient load = echo.Load();
                IReadOnlyList<Sample> samples = await load.SendAsync(60, connections: 4);
                return samples.All(s => s.Status == 200) && samples.Count(s => s.Version == "v2") is > 15 and < 45;
            },
            Eventually.Patience, "the default is restored", echo.Mesh.Show);

    private static void AssertShare(IReadOnlyList<Sample> samples, LoadClient load)
    {
        Assert.True(samples.All(s => s.Status == 200), load.ToString());
        double share = samples.Count(s => s.Version == "v2") / (double)samples.Count;
        Assert.InRange(share, 0.08, 0.12);
    }
}
