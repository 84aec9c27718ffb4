using System.Text;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests;

public sealed class FieldEditsTests
{
    [Theory]
    [InlineData("traceparent", "TraceParent", true)]
    [InlineData("x-own", "X-Own", true)]
    [InlineData("x-own", "x-owl", false)]
    [InlineData("x-b3-traceid", "x-b3-sampled", false)]
    public void Removes_NameKnownOrNot_ComparesWithoutCase(string removed, string name, bool expected) =>
        Assert.Equal(expected, new FieldEdits([removed], [], []).Removes(new FieldLine(name, "").Id, Encoding.ASCII.GetBytes(name)));

    [Fact]
    public void AddedLines_OfFixedFields_AreOnePiece()
    {
        var edits = new FieldEdits([], [new FieldLine("A", "1")], [new FieldLine("b", "22"), new FieldLine("c", "ü")]);
        Assert.Equal("a: 1\r\nb: 22\r\n", Encoding.UTF8.GetString(edits.AddedLines)[..13]);
        Assert.Equal(edits.AddedBytes, edits.AddedLines.Length);
        Assert.Equal(["1", "22", "ü"], edits.Added.ToArray().Select(line => Encoding.UTF8.GetString(line.Value)));
    }

    [Fact]
    public void ChangeLines_ValueInPlace_IsWhatEveryCodecWrites()
    {
        var field = new FieldLine("b", "00");
        var edits = new FieldEdits([], [], [new FieldLine("a", "1"), field]);
        "42"u8.CopyTo(edits.ChangeLines()[edits.ValueStart(field)..]);
        Assert.Equal("a: 1\r\nb: 42\r\n", Written(edits));
        Assert.Equal("42", Encoding.ASCII.GetString(edits.Added[1].Value));
        Assert.Equal(0, edits.ValueStart(new FieldLine("c", "")));
    }

    [Fact]
    public void WriteAdded_LaterRemoval_LeavesOutOnlyWhatItNames()
    {
        var first = new FieldEdits([], [], [new FieldLine("a", "1"), new FieldLine("traceparent", "2"), new FieldLine("b", "3")]);
        Assert.Equal("a: 1\r\ntraceparent: 2\r\nb: 3\r\n", Written(first, new FieldEdits(["c", "tracestate"], [], [])));
        Assert.Equal("a: 1\r\nb: 3\r\nc: 4\r\n", Written(first, new FieldEdits(["traceparent"], [], [new FieldLine("c", "4")])));
        Assert.Equal("traceparent: 2\r\nb: 3\r\na: 5\r\n", Written(first, new FieldEdits([], [new FieldLine("A", "5")], [])));
    }

    [Fact]
    public void WriteAdded_FieldThatChangesItsLength_IsWrittenAsItIsNow()
    {
        FieldLine changing = FieldLine.Changing("origin");
        var edits = new FieldEdits([], [], [new FieldLine("a", "1"), changing]);
        changing.Change("https://a.example"u8);
        Assert.Equal("a: 1\r\norigin: https://a.example\r\n", Written(edits));
        Assert.Equal(edits.AddedBytes, Written(edits).Length);
        changing.Change("x"u8);
        Assert.Equal("a: 1\r\norigin: x\r\n", Written(edits));
    }

    private static string Written(params ReadOnlySpan<FieldEdits> edits)
    {
        byte[] buffer = new byte[1024];
        var writer = new SpanWriter(buffer);
        new HeadEdits { Fields = edits.ToArray() }.WriteAdded(ref writer);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, writer.Written));
    }
}
