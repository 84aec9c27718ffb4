using System.CommandLine;
using Tulle.Cli.Machine;

namespace Tulle.Cli.Tests.Machine;

public sealed class RedactedHeadersOptionTests
{
    private readonly Option<string[]> _option = RedactedHeadersOption.Create();

    [Theory]
    [InlineData("", "")]
    [InlineData("--redact-headers x-a,x-b", "x-a x-b")]
    [InlineData("--redact-headers x-a,x-b --redact-headers x-c", "x-a x-b x-c")]
    public void Value_GivenOnceOrMore_HasEveryName(string line, string names)
    {
        ParseResult result = new RootCommand { _option }.Parse(line);
        Assert.Empty(result.Errors);
        Assert.Equal(names, string.Join(' ', result.GetRequiredValue(_option)));
    }

    [Theory]
    [InlineData("--redact-headers x:y --redact-headers x-b")]
    [InlineData("--redact-headers x-a --redact-headers x:y")]
    public void Value_NoNameOfAField_IsAnError(string line) =>
        Assert.Contains("x:y", Assert.Single(new RootCommand { _option }.Parse(line).Errors).Message);
}
