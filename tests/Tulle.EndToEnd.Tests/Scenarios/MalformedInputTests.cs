using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>Every mistake gets one clear message with place, field and remedy, and the running mesh does not notice.</summary>
public sealed class MalformedInputTests(EchoMesh echo)
{
    public static TheoryData<string, string, string[]> Mistakes => new()
    {
        { "malformed YAML", "apiVersion: v1\nkind: Service\nmetadata:\n  name: [x\nspec: y\n", ["mistake.yaml:"] },
        { "unknown field", Routed("      weight: 90\n      wieght: 10"), ["mistake.yaml:11", "spec.http[0].route[0].wieght", "did you mean \"weight\"?"] },
        { "wrong type", Routed("      weight: ten"), ["mistake.yaml:10", "spec.http[0].route[0].weight", "whole number"] },
        { "unknown kind", "apiVersion: networking.istio.io/v1\nkind: VirtualServise\nmetadata: {name: x}\n", ["mistake.yaml:", "VirtualServise"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Apply_Mistake_NamesPlaceFieldAndRemedy(string what, string yaml, string[] parts)
    {
        Assert.NotEmpty(what);
        await using LoadClient load = echo.Load().Start(connections: 2, pause: TimeSpan.FromMilliseconds(5));
        echo.Mesh.Write("mistake.yaml", yaml);
        CommandResult tulle = await echo.Mesh.TulleAsync("apply", "-f", "mistake.yaml");
        Assert.Equal(4, tulle.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, tulle.Error));
        CommandResult kubectl = await echo.Mesh.Kubectl.TryAsync(["apply", "-f", Path.Combine(echo.Mesh.Folder, "mistake.yaml")]);
        Assert.NotEqual(0, kubectl.ExitCode);
        await load.StopAsync();
        Assert.True(load.Samples.Count > 0 && load.Failures.Count == 0, load.ToString());
    }

    [Fact]
    public async Task Apply_VirtualServiceToMissingSubset_IsSaid_ByBothClients()
    {
        string yaml = Routed("      weight: 100").Replace("{ host: user-service }", "{ host: user-service, subset: v9 }", StringComparison.Ordinal);
        string file = echo.Mesh.Write("subset.yaml", yaml);
        CommandResult tulle = await echo.Mesh.TulleAsync("apply", "-f", "subset.yaml");
        // An apply that changes nothing sends nothing, so there would be nothing to warn of.
        await echo.Mesh.Kubectl.TryAsync(["delete", "-f", file, "--ignore-not-found"]);
        CommandResult kubectl = await echo.Mesh.Kubectl.TryAsync(["apply", "-f", file]);
        await echo.Mesh.Kubectl.TryAsync(["delete", "-f", file, "--ignore-not-found"]);
        foreach (CommandResult result in new[] { tulle, kubectl })
        {
            Assert.Contains("v9", result.Error);
            Assert.Contains("user-service", result.Error);
            Assert.Contains("subset", result.Error);
        }
    }

    [Theory]
    [InlineData("services:\n  web:\n    image: nginx\n    ports: [\"80\"]\n", "bad.yaml:3", "image")]
    [InlineData("services:\n  web:\n    comand: x\n", "bad.yaml:", "comand")]
    [InlineData("services:\n  web:\n    command: x\n    ports: [\"http\"]\n", "bad.yaml:4", "ports")]
    [InlineData("services: [\n", "bad.yaml:", "")]
    public async Task Up_BadComposeFile_NamesPlaceAndField(string compose, string place, string field)
    {
        using TemporaryFolder home = new();
        string file = home.Write("bad.yaml", compose);
        CommandResult result = await RunningProcess.RunAsync(
            RepositoryFolder.Executable("tulle"), ["up", "-f", "bad.yaml"], Eventually.Patience,
            new Dictionary<string, string?> { ["TULLE_HOME"] = home.PathOf("home") }, Path.GetDirectoryName(file));
        Assert.Equal(4, result.ExitCode);
        Assert.Contains(place, result.Error);
        Assert.Contains(field, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public async Task Up_WhileOneRuns_SaysSo()
    {
        CommandResult result = await echo.Mesh.TulleAsync("up", "-f", "compose.yaml");
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("already running", result.Error);
    }

    private static string Routed(string weight) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: mistake
        spec:
          hosts: [user-service-mistake]
          http:
          - route:
            - destination: { host: user-service }
        {{weight}}
        """;
}
