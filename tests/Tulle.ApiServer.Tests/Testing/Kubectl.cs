using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tulle.ApiServer.Tests.Testing;

/// <summary>The real kubectl, pointed at a test's server.</summary>
internal sealed partial class Kubectl(ApiHost host)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Minor version of the client: 20 on Debian 12.</summary>
    public static Lazy<int> Minor { get; } = new(() =>
    {
        using Process process = Process.Start(new ProcessStartInfo("kubectl", ["version", "--client", "-o", "json"]) { RedirectStandardOutput = true })!;
        return int.Parse(MinorVersion().Match(process.StandardOutput.ReadToEnd()).Groups[1].Value);
    });

    /// <summary>Runs a command that must succeed, and returns what it printed.</summary>
    public async Task<string> RunAsync(string arguments, string? input = null)
    {
        (int code, string output, string error) = await TryAsync(arguments, input);
        Assert.True(code == 0, $"kubectl {arguments}: exit code {code}\n{output}{error}");
        return output;
    }

    /// <summary>Runs a command that must fail, and returns what it said.</summary>
    public async Task<string> FailAsync(string arguments, string? input = null)
    {
        (int code, string output, string error) = await TryAsync(arguments, input);
        Assert.True(code != 0, $"kubectl {arguments} succeeded: {output}");
        return error;
    }

    public async Task<(int Code, string Output, string Error)> TryAsync(string arguments, string? input = null)
    {
        using Process process = Start(arguments, input is not null);
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Starts a command that goes on, such as <c>get -w</c>.</summary>
    public Process Start(string arguments, bool withInput = false)
    {
        // Quoted arguments are the exception; a space inside single quotes does not split.
        var info = new ProcessStartInfo("kubectl", Words().Matches(arguments).Select(match => match.Value.Replace("'", "", StringComparison.Ordinal)))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = withInput,
        };
        info.Environment["KUBECONFIG"] = host.Kubeconfig;
        // Discovery is cached in the home directory, by host and port; ports come again.
        info.Environment["HOME"] = Path.GetDirectoryName(host.Kubeconfig);
        return Process.Start(info)!;
    }

    [GeneratedRegex(@"(?:'[^']*'|[^\s'])+")]
    private static partial Regex Words();

    [GeneratedRegex(@"""minor"":\s*""(\d+)")]
    private static partial Regex MinorVersion();
}
