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

    [Theory]
    [InlineData("of this run\n", "of this run")]
    [InlineData("", "")]
    public void LastLine_OfARun_IsNoneOfAnEarlierOne(string now, string line)
    {
        string log = _folder.Write("app.log", "of the run before\n");
        long from = LogEnd.Position(log);
        File.AppendAllText(log, now);
        Assert.Equal(line, LogEnd.LastLine(log, from));
    }

    [Fact]
    public void LastLine_LogWasTurnedOverSince_IsReadFromItsStart()
    {
        string log = _folder.Write("app.log", "a long line of the run before\n");
        long from = LogEnd.Position(log);
        File.WriteAllText(log, "now\n");
        Assert.Equal("now", LogEnd.LastLine(log, from));
    }

    [Fact]
    public void LastLine_NoLog_IsEmpty() => Assert.Equal("", LogEnd.LastLine(_folder.PathOf("missing.log")));
}
