using Tulle.Cli.Tests.Testing;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Tests.Commands;

/// <summary>Which mesh is meant: the flag, then the mesh running here, then KUBECONFIG, then ~/.kube/config.</summary>
public sealed class KubeconfigCommandTests : IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Kubeconfig_Nothing_ExitsWithNoMesh()
    {
        CliResult result = await _cli.RunAsync("kubeconfig");
        Assert.Equal((ExitCodes.NoMesh, ""), (result.ExitCode, result.Output));
        Assert.Contains("start one with 'tulle demo' or 'tulle up'", result.Error);
    }

    [Fact]
    public async Task Kubeconfig_EveryPlace_TheFirstWins()
    {
        string usual = _cli.Write(".kube/config", "");
        Assert.Equal($"{usual}\n", (await _cli.RunAsync("kubeconfig")).Output);

        string variable = _cli.Write("variable", "");
        _cli.Variables["KUBECONFIG"] = $"{_cli.Folder}/missing:{variable}";
        Assert.Equal($"{variable}\n", (await _cli.RunAsync("kubeconfig")).Output);

        string local = _cli.Write(".tulle/kubeconfig", "");
        Assert.Equal($"{variable}\n", (await _cli.RunAsync("kubeconfig")).Output);
        using (Assert.IsType<MeshLock>(MeshLock.TryAcquire(new MeshHome(_cli.StateFolder))))
        {
            Assert.Equal($"{local}\n", (await _cli.RunAsync("kubeconfig")).Output);
            string flag = _cli.Write("flag", "");
            Assert.Equal($"{flag}\n", (await _cli.RunAsync("kubeconfig --kubeconfig flag")).Output);
        }
        Assert.Equal($"{variable}\n", (await _cli.RunAsync("kubeconfig")).Output);
    }

    [Fact]
    public async Task Kubeconfig_TulleHome_IsLookedInInstead()
    {
        string elsewhere = _cli.Write("elsewhere/kubeconfig", "");
        _cli.Variables["TULLE_HOME"] = Path.GetDirectoryName(elsewhere)!;
        using MeshLock? held = MeshLock.TryAcquire(new MeshHome(Path.GetDirectoryName(elsewhere)!));
        Assert.Equal($"{elsewhere}\n", (await _cli.RunAsync("kubeconfig")).Output);
    }

    [Fact]
    public async Task Kubeconfig_MissingFlagFile_IsNamed()
    {
        CliResult result = await _cli.RunAsync("kubeconfig --kubeconfig nowhere");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Contains("the kubeconfig nowhere does not exist", result.Error);
    }
}
