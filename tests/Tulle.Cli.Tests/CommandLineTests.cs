using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("versoin", "'tulle' has no command 'versoin'; did you mean 'version'?")]
    [InlineData("top svc/users --onec", "'tulle top' has no option '--onec'; run 'tulle top --help' for its usage")]
    [InlineData("stat deploy --windwo 1m", "'tulle stat' has no option '--windwo'; did you mean '--window'?")]
    [InlineData("version --clinet", "'tulle version' has no option '--clinet'; did you mean '--client'?")]
    [InlineData("version extra", "'tulle version' has no argument 'extra'")]
    [InlineData("kubeconfig --kubeconfig", "required argument missing for option: '--kubeconfig'")]
    [InlineData("get pods -o toml", "'toml'")]
    [InlineData("completion csh", "argument 'csh' not recognized. Must be one of: 'bash', 'zsh', 'fish'; run 'tulle completion --help'")]
    public async Task Run_WrongLine_SaysWhatWasMeant(string line, string message)
    {
        CliResult result = await _cli.RunAsync(line);
        Assert.Equal((ExitCodes.Usage, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error);
        Assert.Contains("--help", result.Error);
    }

    [Fact]
    public async Task Run_NoMesh_IsOneSentenceAndItsExitCode()
    {
        CliResult result = await _cli.RunAsync("get pods");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Run_DeadApi_SaysHowToFindOut()
    {
        _cli.Write("dead", """
            {"apiVersion":"v1","kind":"Config","current-context":"x","clusters":[{"name":"x","cluster":{"server":"https://127.0.0.1:1"}}],
            "contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],"users":[{"name":"x","user":{"token":"t"}}]}
            """);
        CliResult result = await _cli.RunAsync("get pods --kubeconfig dead");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Contains("cannot reach the Kubernetes API at https://127.0.0.1:1", result.Error);
        Assert.Contains("'tulle check'", result.Error);
    }

    [Fact]
    public async Task Run_StateFolderIsAFile_SaysSo()
    {
        _cli.Variables["TULLE_HOME"] = _cli.Write("occupied", "");
        _cli.Write("compose.yaml", "services: { web: { command: sleep 1 } }");
        _cli.Write("bin/tulle-proxy", "");
        CliResult result = await _cli.RunAsync("up");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains($"the state folder {_cli.Variables["TULLE_HOME"]} cannot be used: ", result.Error);
        Assert.Contains("TULLE_HOME", result.Error);
    }

    [Fact]
    public async Task Version_WithoutMesh_StillPrintsItsOwn()
    {
        CliResult result = await _cli.RunAsync("version");
        Assert.Equal(ExitCodes.Success, result.ExitCode);
        Assert.Equal($"Client version: {ClientVersion.Text}\nServer version: unavailable\n", result.Output);
    }

    [Theory]
    [InlineData("__complete ", "apply\n")]
    [InlineData("__complete get po", "pods\n")]
    [InlineData("__complete stat --wa", "--watch\n")]
    [InlineData("__complete completion z", "zsh\n")]
    [InlineData("__complete config virtuals", "virtualservices\n")]
    [InlineData("__complete config --status w", "warning\n")]
    public async Task Complete_Words_GivesWhatMayFollow(string line, string expected) =>
        Assert.StartsWith(expected, (await _cli.RunAsync(line)).Output);

    [Theory]
    [InlineData("bash", "bash")]
    [InlineData("zsh", "zsh")]
    [InlineData("fish", "fish")]
    public async Task Completion_Script_IsSyntacticallyRight(string shell, string interpreter)
    {
        string script = (await _cli.RunAsync($"completion {shell}")).Output;
        Assert.Contains("tulle __complete", script);
        if (interpreter == "bash")
        {
            var checkedScript = await Tulle.Testing.RunningProcess.RunAsync(interpreter, ["-n"], Tulle.Testing.Eventually.Patience, input: script);
            Assert.True(checkedScript.ExitCode == 0, checkedScript.ToString());
        }
    }
}
