using Tulle.Http.Fuzz;

namespace Tulle.Http.Tests;

public sealed class FuzzSmokeTests
{
    [Theory]
    [InlineData("request")]
    [InlineData("response")]
    [InlineData("body")]
    [InlineData("client-hello")]
    [InlineData("detection")]
    [InlineData("http2")]
    [InlineData("hpack")]
    [InlineData("trace")]
    public void Smoke_EachTarget_KeepsItsPromises(string target)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int exitCode = CommandLine.Run([target, "--smoke", "20000", "--seed", "7"], output, error);

        Assert.True(exitCode == 0, error.ToString());
        Assert.Equal($"{target}: 20000 inputs pass.", output.ToString().Trim());
    }

    [Fact]
    public void Smoke_TargetThatThrows_SaysWhichInput()
    {
        using var error = new StringWriter();

        Assert.False(Smoke.Run(new ThrowingTarget(), iterations: 100, seed: 1, TextWriter.Null, error));

        Assert.Contains("of seed 1 fails: Tulle.Http.Fuzz.BrokenPromiseException: no h", error.ToString());
        Assert.Contains(Convert.ToHexString("h"u8), error.ToString());
    }

    [Fact]
    public void Run_WrongTarget_NamesTheTargets()
    {
        using var error = new StringWriter();

        Assert.Equal(2, CommandLine.Run(["nonsense", "--smoke", "1"], TextWriter.Null, error));

        Assert.Contains("request, response, body, client-hello, detection, http2, hpack, trace and all", error.ToString());
    }

    private sealed class ThrowingTarget : IFuzzTarget
    {
        public string Name => "body";

        public void Run(ReadOnlySpan<byte> input) => BrokenPromiseException.Unless(!input.Contains((byte)'h'), "no h");
    }
}
