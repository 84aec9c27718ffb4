using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class LogEndTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("starting\nModuleNotFoundError: No module named 'flask'\n\n", "ModuleNotFoundError: No module named 'flask'")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred[0m")]
    [InlineData("", "")]
    public void LastLine_IsTheLastThatSaysSomething(string log, string line) => Assert.Equal(line, LogEnd.LastLine(_folder.Write("app.log", log)));

    [Fact]
    public void LastLine_TooLong_IsCut() => Assert.Equal($"{new string('x', 200)}…", LogEnd.LastLine(_folder.Write("app.log", new string('x', 10_000))));

    [Fact]
    public void LastLine_NoLog_IsEmpty() => Assert.Equal("", LogEnd.LastLine(_folder.PathOf("missing.log")));
}
