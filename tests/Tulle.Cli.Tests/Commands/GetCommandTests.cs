using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;
using Tulle.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class GetCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Get_TokenOfAnotherMesh_SaysWhatToUse()
    {
        _cli.Write("other", (await File.ReadAllTextAsync(mesh.Kubeconfig)).Replace("test-token", "expired", StringComparison.Ordinal));
        CliResult result = await _cli.RunAsync("get pods --kubeconfig other");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("Unauthorized: the token of the kubeconfig is not, or no more, one of this mesh; use the kubeconfig of the mesh that runs now ('tulle kubeconfig'", result.Error);
    }

    [Fact]
    public async Task Get_AuthorityOfAnotherMesh_SaysWhatToUse()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        using var other = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=other", key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string authority = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(other.ExportCertificatePem()));
        _cli.Write("other", System.Text.RegularExpressions.Regex.Replace(await File.ReadAllTextAsync(mesh.Kubeconfig), "certificate-authority-data: [^},]+", $"certificate-authority-data: {authority}"));
        CliResult result = await _cli.RunAsync("get pods --kubeconfig other");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Contains("the kubeconfig is of another mesh, or of an earlier one at this address", result.Error);
    }

    [Fact]
    public async Task Get_Table_HasTheServersColumns()
    {
        await ApplyAsync("table");
        CliResult result = await RunAsync("get configmaps table");
        Assert.Equal(ExitCodes.Success, result.ExitCode);
        string[] lines = result.Output.Split('\n');
        Assert.Matches("^NAME +DATA +AGE$", lines[0]);
        Assert.Matches(@"^table +1 +\S+$", lines[1]);
    }

    [Fact]
    public async Task Get_AllNamespaces_PutsTheNamespaceFirst()
    {
        await ApplyAsync("everywhere");
        string[] lines = (await RunAsync("get cm -A")).Output.Split('\n');
        Assert.StartsWith("NAMESPACE ", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("default ", StringComparison.Ordinal) && line.Contains(" everywhere ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_ByLabel_ListsOnlyThose()
    {
        await ApplyAsync("red", "colour: red");
        await ApplyAsync("blue", "colour: blue");
        Assert.Equal("configmap/red\n", (await RunAsync("get cm -l colour=red -o name")).Output);
    }

    [Fact]
    public async Task Get_Json_IsAList_AndOneNamedObjectIsItself()
    {
        await ApplyAsync("json");
        JsonNode list = JsonNode.Parse((await RunAsync("get cm -o json")).Output)!;
        Assert.Equal("List", list["kind"]!.GetValue<string>());
        JsonNode one = JsonNode.Parse((await RunAsync("get cm/json -o json")).Output)!;
        Assert.Equal("ConfigMap", one["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Get_Yaml_CanBeAppliedAgain()
    {
        await ApplyAsync("again");
        string yaml = (await RunAsync("get cm again -o yaml")).Output;
        CliResult result = await RunAsync("apply --dry-run -f -", yaml);
        Assert.True(result.ExitCode == ExitCodes.Success, result.Error);
    }

    [Fact]
    public async Task Get_NothingThere_SaysSoOnStandardError()
    {
        CliResult result = await RunAsync("get services -n empty");
        Assert.Equal((ExitCodes.Success, "", "No resources found in namespace empty.\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Get_UnknownType_NamesTheRemedy()
    {
        CliResult result = await RunAsync("get spoons");
        Assert.Equal(ExitCodes.Usage, result.ExitCode);
        Assert.Contains("no resource type 'spoons'", result.Error);
        Assert.Contains("api-resources", result.Error);
    }

    [Fact]
    public async Task Get_Watch_PrintsChanges_AndEndsWellWhenInterrupted()
    {
        await ApplyAsync("watched-one", "watch: me");
        using CancellationTokenSource stop = new();
        using StringWriter output = new(), error = new();
        TextWriter shared = TextWriter.Synchronized(output);
        Task<int> watch = _cli.RunAsync(["get", "cm", "-l", "watch=me", "-w", "--kubeconfig", mesh.Kubeconfig], shared, error, stop: stop.Token);
        await Eventually.TrueAsync(() => output.ToString().Contains("watched-one"), Eventually.Patience, "the first object is printed");
        await ApplyAsync("watched-two", "watch: me");
        await Eventually.TrueAsync(() => output.ToString().Contains("watched-two"), Eventually.Patience, "the new object is printed");
        await RunAsync("delete cm watched-two");
        await Eventually.TrueAsync(() => output.ToString().Split("watched-two").Length == 3, Eventually.Patience, "the deleted object is printed once more");
        await stop.CancelAsync();
        Assert.Equal(ExitCodes.Success, await watch);
        Assert.Single(output.ToString().Split('\n'), line => line.StartsWith("NAME", StringComparison.Ordinal));
    }

    private Task<CliResult> RunAsync(string line, string input = "") => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}", input);

    private async Task ApplyAsync(string name, string labels = "any: label")
    {
        CliResult result = await RunAsync("apply -f -", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {{{labels}}}}}\ndata: {{key: value}}\n");
        Assert.True(result.ExitCode == ExitCodes.Success, result.Error);
    }
}
