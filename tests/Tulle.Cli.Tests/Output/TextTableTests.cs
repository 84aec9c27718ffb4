using Tulle.Cli.Output;

namespace Tulle.Cli.Tests.Output;

public sealed class TextTableTests
{
    private static readonly IReadOnlyList<TextCell>[] Rows = [["a-service-with-a-long-name", "1.0", "yes"], ["web", "12.5", ""]];

    [Fact]
    public void Write_RoomEnough_AlignsNumbersRight() => Assert.Equal("""
        NAME                          RPS   SECURED
        a-service-with-a-long-name    1.0   yes
        web                          12.5

        """, Text(null));

    [Fact]
    public void Write_NarrowTerminal_CutsNamesShort()
    {
        string text = Text(28);
        Assert.Equal("""
            NAME             RPS SECURED
            a-service-w…ame  1.0 yes
            web             12.5

            """, text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 28));
    }

    [Fact]
    public void Write_NarrowTerminal_ShortensHeadingsBeforeNames()
    {
        StringWriter text = new();
        new TextTable([new("NAME") { Shrinks = true }, new("LATENCY_P50", RightAligned: true) { Narrow = "P50" }], () => 20).Write(text, [["user-service", "12ms"]]);
        Assert.Equal("""
            NAME            P50
            user-service   12ms

            """, text.ToString());
    }

    [Fact]
    public void Write_FarTooNarrow_KeepsBothEndsOfNames() => Assert.Contains("a-se…ame", Text(5));

    [Fact]
    public void Write_TooNarrowForLegibleNames_LeavesOutWhatCanBeSpared()
    {
        TextColumn[] columns = [new("NAME") { Shrinks = true }, new("P50", RightAligned: true) { Spare = 1 }, new("RPS", RightAligned: true), new("REQUESTS", RightAligned: true) { Spare = 2 }];
        IReadOnlyList<TextCell>[] rows = [["a-service-with-a-long-name", "12ms", "1.0", "100"]];
        TextTable table = new(columns, () => 21);
        StringWriter text = new();
        table.Write(text, rows);
        Assert.Equal("""
            NAME          P50 RPS
            a-servic…ame 12ms 1.0

            """, text.ToString());
        Assert.Equal(["REQUESTS"], table.LeftOut);
    }

    [Fact]
    public void Write_Paint_ColoursTheCellOnly() => Assert.Equal("""
        NAME   RPS
        web    <1.0>

        """, Painted());

    private static string Painted()
    {
        StringWriter text = new();
        new TextTable([new("NAME"), new("RPS", RightAligned: true) { Paint = cell => $"<{cell.Text}>" }]).Write(text, [["web", "1.0"]]);
        return text.ToString();
    }

    private static string Text(int? width)
    {
        StringWriter text = new();
        TextColumn[] columns = [new("NAME") { Shrinks = true }, new("RPS", RightAligned: true), new("SECURED")];
        new TextTable(columns, width is { } columnsOfTerminal ? () => columnsOfTerminal : null).Write(text, Rows);
        return text.ToString();
    }
}
