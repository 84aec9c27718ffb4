using System.Text.RegularExpressions;
using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>What code may touch outside its own memory.</summary>
public sealed partial class PurityTests
{
    private static readonly string[] Pure = ["Tulle.Model", "Tulle.Http", "Tulle.Identity", "Tulle.Protocol"];

    [Fact]
    public void ModelHttpIdentity_DoNoInput_AndNoOutput() => Law.Holds(
        $"{string.Join(", ", Pure)} do no I/O: bytes and text come in as arguments and go out as results",
        Law.Matches(Repository.Product.Where(f => Pure.Contains(f.Project)), InputOutput()));

    [Fact]
    public void Environment_IsReadOnlyByExecutables() => Law.Holds(
        "only executables read the environment and the command line: src/Tulle.Cli and src/Tulle.Proxy/Program.cs; pass values in as options",
        Law.Matches(
            Repository.Product.Where(f => f.Project != "Tulle.Cli" && f.Name != "src/Tulle.Proxy/Program.cs"),
            ProcessEnvironment()));

    [Fact]
    public void Console_IsWrittenOnlyByExecutables() => Law.Holds(
        "only executables write to the console; libraries log or return",
        Law.Matches(
            Repository.Product.Where(f => f.Project != "Tulle.Cli" && !f.Name.StartsWith("src/Tulle.Proxy/Program", StringComparison.Ordinal)),
            ConsoleUse()));

    [GeneratedRegex(@"\b(System\.IO\.(File|Directory|Pipes)|System\.Net\.Http\b|System\.Diagnostics\.Process\b|FileStream\b|(File|Directory)\.[A-Z]\w+\(|HttpClient\b|TcpClient\b|TcpListener\b|\bSocket\b|UdpClient\b|NetworkStream\b|\bDns\.|Process\.Start|DllImport|LibraryImport)")]
    private static partial Regex InputOutput();

    [GeneratedRegex(@"\bEnvironment\.(GetEnvironmentVariable|GetEnvironmentVariables|GetCommandLineArgs|CommandLine|ExpandEnvironmentVariables|GetFolderPath|CurrentDirectory|UserName)\b")]
    private static partial Regex ProcessEnvironment();

    [GeneratedRegex(@"\bConsole\.\w+")]
    private static partial Regex ConsoleUse();
}
