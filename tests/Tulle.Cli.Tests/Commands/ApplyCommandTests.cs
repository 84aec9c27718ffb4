using Tulle.Cli.Tests.Testing;
using Tulle.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class ApplyCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Apply_ThreeTimes_CreatesThenLeavesThenConfigures()
    {
        string file = _cli.Write("vs.yaml", VirtualService("lifecycle", 90, 10));
        Assert.Equal("virtualservice.networking.istio.io/lifecycle created\n", (await RunAsync($"apply -f {file}")).Output);
        Assert.Equal("virtualservice.networking.istio.io/lifecycle unchanged\n", (await RunAsync($"apply -f {file}")).Output);
        _cli.Write("vs.yaml", VirtualService("lifecycle", 50, 50));
        Assert.Equal("virtualservice.networking.istio.io/lifecycle configured\n", (await RunAsync($"apply -f {file}")).Output);
        Assert.Contains("\"weight\": 50", (await RunAsync("get vs lifecycle -o json")).Output);
    }

    [Fact]
    public async Task Apply_FieldDroppedFromFile_IsRemoved_AndFieldsOfOthersStay()
    {
        string file = _cli.Write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dropped}\ndata: {a: '1', b: '2'}\n");
        await RunAsync($"apply -f {file}");
        string other = _cli.Write("kubectl.json", """{"data":{"c":"3"}}""");
        await KubectlAsync("patch", "configmap", "dropped", "--type=merge", "--patch-file", other);
        _cli.Write("cm.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: dropped}\ndata: {a: '1'}\n");
        Assert.Equal("configmap/dropped configured\n", (await RunAsync($"apply -f {file}")).Output);
        string after = (await RunAsync("get cm dropped -o yaml")).Output;
        Assert.Contains("  a: \"1\"\n", after);
        Assert.Contains("  c: \"3\"\n", after);
        Assert.DoesNotContain("  b: ", after);
    }

    [Fact]
    public async Task Apply_AfterKubectlApply_AndBefore_FollowEachOther()
    {
        string file = _cli.Write("both.yaml", VirtualService("both", 90, 10));
        await KubectlAsync("apply", "-f", file);
        Assert.Equal("virtualservice.networking.istio.io/both unchanged\n", (await RunAsync($"apply -f {file}")).Output);
        _cli.Write("both.yaml", VirtualService("both", 80, 20));
        Assert.Equal("virtualservice.networking.istio.io/both configured\n", (await RunAsync($"apply -f {file}")).Output);
        CommandResult kubectl = await KubectlAsync("apply", "-f", file);
        Assert.Equal("virtualservice.networking.istio.io/both unchanged\n", kubectl.Output);
        Assert.Equal("", kubectl.Error);
    }

    [Fact]
    public async Task Apply_OneBadObjectAmongGood_AppliesNothing()
    {
        string file = _cli.Write("mixed.yaml", VirtualService("good", 90, 10) + "---\n" + VirtualService("bad", 90, 10).Replace("weight: 10", "wieght: 10"));
        CliResult result = await RunAsync("apply -f mixed.yaml");
        Assert.Equal(ExitCodes.Refused, result.ExitCode);
        Assert.Contains("mixed.yaml:", result.Error);
        Assert.Contains("unknown field \"wieght\"", result.Error);
        Assert.Contains("did you mean \"weight\"?", result.Error);
        Assert.Contains("nothing was applied", result.Error);
        Assert.Equal(ExitCodes.Failure, (await RunAsync("get vs good")).ExitCode);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Apply_MalformedYaml_NamesFileAndLine()
    {
        _cli.Write("broken.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: [x\nspec: y\n");
        CliResult result = await RunAsync("apply -f broken.yaml");
        Assert.Equal(ExitCodes.Refused, result.ExitCode);
        Assert.Matches(@"^error: broken\.yaml:\d+: ", result.Error);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Apply_UnknownKind_SaysSo()
    {
        _cli.Write("kind.yaml", "apiVersion: networking.istio.io/v1\nkind: VirtualServise\nmetadata: {name: x}\n");
        CliResult result = await RunAsync("apply -f kind.yaml");
        Assert.Equal(ExitCodes.Refused, result.ExitCode);
        Assert.Contains("VirtualServise", result.Error);
    }

    [Fact]
    public async Task Apply_FieldWithoutEffectYet_IsAdmittedAndSaidOnce()
    {
        _cli.Write("prefix.yaml", VirtualService("prefix", 90, 10).Replace("  http:\n  - route:", "  http:\n  - match: [{uri: {prefix: /}, statPrefix: x}]\n    route:"));
        CliResult result = await RunAsync("apply -f prefix.yaml");
        Assert.Equal(ExitCodes.Success, result.ExitCode);
        string said = Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("statPrefix", StringComparison.Ordinal));
        Assert.StartsWith("not applied: prefix.yaml:", said);
    }

    [Fact]
    public async Task Apply_StandardInputAndFolder_Work()
    {
        Assert.Equal("virtualservice.networking.istio.io/piped created\n", (await RunAsync("apply -f -", VirtualService("piped", 1, 99))).Output);
        _cli.Write("folder/b.yaml", VirtualService("folder-b", 1, 99));
        _cli.Write("folder/a.yml", VirtualService("folder-a", 1, 99));
        _cli.Write("folder/notes.txt", "not YAML: [");
        Assert.Equal(
            "virtualservice.networking.istio.io/folder-a created\nvirtualservice.networking.istio.io/folder-b created\n",
            (await RunAsync("apply -f folder")).Output);
    }

    [Fact]
    public async Task Apply_DryRun_ChangesNothing()
    {
        _cli.Write("dry.yaml", VirtualService("dry", 1, 99));
        Assert.Equal("virtualservice.networking.istio.io/dry created (dry run)\n", (await RunAsync("apply -f dry.yaml --dry-run")).Output);
        Assert.Equal(ExitCodes.Failure, (await RunAsync("get vs dry")).ExitCode);
    }

    [Fact]
    public async Task Apply_DryRunWithoutMesh_StillReviews()
    {
        _cli.Write("dry.yaml", VirtualService("dry", 1, 99));
        CliResult result = await _cli.RunAsync("apply -f dry.yaml --dry-run");
        Assert.Equal((ExitCodes.Success, "virtualservice/dry valid (dry run without a mesh)\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Apply_MissingFile_IsOneSentence()
    {
        CliResult result = await RunAsync("apply -f nowhere.yaml");
        Assert.Equal(ExitCodes.Refused, result.ExitCode);
        Assert.StartsWith("tulle: the file nowhere.yaml does not exist", result.Error);
    }

    [Theory]
    [InlineData("apply -f https://example.com/canary.yaml", "tulle: -f takes no URLs; fetch it first: curl -fsSL https://example.com/canary.yaml | tulle apply -f -")]
    [InlineData("apply -f ''", "tulle: -f is given an empty name; write a file, a folder, or - for standard input")]
    [InlineData("delete -f ''", "tulle: -f is given an empty name; write a file, a folder, or - for standard input")]
    public async Task File_ThatCannotBeMeant_IsOneSentence(string line, string error)
    {
        _cli.Write("here.yaml", VirtualService("here", 90, 10));
        CliResult result = await RunAsync(line);
        Assert.Equal((ExitCodes.Usage, $"{error}\n", ""), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task Apply_StandardInputIsEmpty_SaysSo() =>
        Assert.StartsWith("tulle: standard input has no objects", (await RunAsync("apply -f -")).Error);

    [Fact]
    public async Task Apply_WarningOfTheServer_HasFileAndLine()
    {
        mesh.Warning = "spec.http[0].route[1].destination.host: there is no such service";
        _cli.Write("warned.yaml", VirtualService("first", 90, 10) + "---\n" + VirtualService("second", 90, 10));
        CliResult result = await RunAsync("apply -f warned.yaml");
        mesh.Warning = "";
        Assert.Equal(
            $"warning: warned.yaml:12: spec.http[0].route[1].destination.host: there is no such service\nwarning: warned.yaml:26: spec.http[0].route[1].destination.host: there is no such service\n",
            result.Error);
    }

    [Fact]
    public async Task Apply_NotUtf8_IsRefusedInsteadOfLosingLetters()
    {
        await File.WriteAllBytesAsync(Path.Combine(_cli.Folder, "latin1.yaml"), [.. "kind: Namespace # caf"u8, 0xe9]);
        CliResult result = await RunAsync("apply -f latin1.yaml");
        Assert.Equal(ExitCodes.Refused, result.ExitCode);
        Assert.Contains("latin1.yaml cannot be read: it is not UTF-8 text; save it as UTF-8", result.Error);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("stat -n stag", "staging\n")]
    [InlineData("stat -n staging svc/only", "svc/only-there\n")]
    [InlineData("stat svc/only", "")]
    [InlineData("tap deploy/x -n staging --to svc/", "svc/only-there\n")]
    [InlineData("edges --from name", "namespaces/\n")]
    [InlineData("trace -n staging --service o", "only-there\n")]
    public async Task Completion_OfOptions_KnowsWhatThereIs(string words, string candidates)
    {
        _cli.Write("staging.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: staging}}\n---\n{apiVersion: v1, kind: Service, metadata: {name: only-there, namespace: staging}, spec: {ports: [{port: 80}]}}\n");
        Assert.Equal(ExitCodes.Success, (await RunAsync("apply -f staging.yaml")).ExitCode);
        Assert.Equal(candidates, (await _cli.RunAsync($"__complete {words.Insert(words.IndexOf(' '), $" --kubeconfig {mesh.Kubeconfig}")}")).Output);
    }

    [Fact]
    public async Task Delete_ByFile_RemovesWhatItDescribes()
    {
        _cli.Write("gone.yaml", VirtualService("gone", 1, 99));
        await RunAsync("apply -f gone.yaml");
        Assert.Equal("virtualservice.networking.istio.io \"gone\" deleted\n", (await RunAsync("delete -f gone.yaml")).Output);
        CliResult again = await RunAsync("delete vs gone");
        Assert.Equal(ExitCodes.Failure, again.ExitCode);
        Assert.Contains("there is no virtualservice.networking.istio.io \"gone\" in namespace default", again.Error);
        Assert.Equal(ExitCodes.Success, (await RunAsync("delete vs gone --ignore-not-found")).ExitCode);
    }

    private static string VirtualService(string name, int first, int second) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: {{name}}
        spec:
          hosts:
          - {{name}}
          http:
          - route:
            - destination: {host: {{name}}-v1}
              weight: {{first}}
            - destination: {host: {{name}}-v2}
              weight: {{second}}

        """;

    private Task<CliResult> RunAsync(string line, string input = "") => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}", input);

    private async Task<CommandResult> KubectlAsync(params string[] arguments)
    {
        KubectlTool kubectl = new(KubectlTool.Installed()[0], mesh.Kubeconfig, Path.Combine(_cli.Folder, "cache"));
        CommandResult result = await kubectl.TryAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }
}
