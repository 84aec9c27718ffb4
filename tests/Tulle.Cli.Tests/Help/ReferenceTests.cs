using System.CommandLine;
using Tulle.Cli.Help;
using Tulle.Cli.Tests.Testing;
using Tulle.Testing;

namespace Tulle.Cli.Tests.Help;

public sealed class ReferenceTests : IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Reference_IsWhatTheCommandTreeSays()
    {
        string path = RepositoryFolder.PathOf("docs", "reference", "cli.md");
        string expected = Reference.Write(Root());
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }
        string actual = File.Exists(path) ? File.ReadAllText(path) : "";
        Assert.True(expected == actual, "docs/reference/cli.md is stale; write it anew with: UPDATE_DOCS=1 ./test Cli");
    }

    [Fact]
    public void Verbs_AllHaveExamplesThatStartWithACommand() =>
        Assert.All(Root().Groups.SelectMany(g => g.Verbs), verb =>
        {
            Assert.NotEmpty(verb.Examples);
            Assert.Contains(verb.Examples, e => e.CommandLine.Contains($"tulle {verb.Name}", StringComparison.Ordinal));
            Assert.All(verb.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), $"{verb.Name} {option.Name}"));
            Assert.All(verb.Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description), $"{verb.Name} {argument.Name}"));
        });

    [Fact]
    public void Examples_OfTulle_Parse() =>
        Assert.All(
            Root().Groups.SelectMany(g => g.Verbs).SelectMany(v => v.Examples).Select(e => e.CommandLine)
                .Where(line => line.StartsWith("tulle ", StringComparison.Ordinal) && line.IndexOfAny(['|', '>', '$', '"', '&', '\'']) < 0),
            line => Assert.Empty(Root().Parse(line["tulle ".Length..]).Errors));

    [Fact]
    public async Task Help_OfEveryVerb_ExitsWellAndShowsExitCodes()
    {
        foreach (Command verb in Root().Subcommands)
        {
            CliResult help = await _cli.RunAsync($"{verb.Name} --help");
            Assert.Equal(ExitCodes.Success, help.ExitCode);
            Assert.Contains("Exit codes:", help.Output);
            Assert.Equal("", help.Error);
        }
    }

    private TulleCommand Root() => new(_cli.Environment(TextWriter.Null, TextWriter.Null));
}
