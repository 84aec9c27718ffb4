using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

/// <summary>
/// Golden/{requests,responses}/&lt;case&gt;: message.http is parsed whole and byte by byte; expected holds "complete", or the
/// error's kind, for requests with the status before it. Adding a case is adding a directory.
/// </summary>
public sealed class GoldenMessageTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static TheoryData<string> Requests => Cases("requests");

    public static TheoryData<string> Responses => Cases("responses");

    [Theory]
    [MemberData(nameof(Requests))]
    public void Parse_GoldenRequest_IsTakenOrRefusedAsExpected(string name)
    {
        (byte[] message, string expected) = Read("requests", name);
        foreach (bool byteByByte in new[] { false, true })
        {
            var head = new Http1RequestHead();
            ParseResult result = Parse(head, message, byteByByte);
            Assert.Equal(expected, result == ParseResult.Invalid ? $"{head.Error.Status} {head.Error.Kind}" : Outcome(result));
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Parse_GoldenResponse_IsTakenOrRefusedAsExpected(string name)
    {
        (byte[] message, string expected) = Read("responses", name);
        foreach (bool byteByByte in new[] { false, true })
        {
            var head = new Http1ResponseHead();
            ParseResult result = Parse(head, message, byteByByte);
            Assert.Equal(expected, result == ParseResult.Invalid ? head.Error.Kind.ToString() : Outcome(result));
        }
    }

    [Fact]
    public void Error_EveryKind_HasATextOfItsOwn()
    {
        string[] texts = [.. Enum.GetValues<Http1ErrorKind>().Select(kind => new Http1Error(kind).Text)];
        Assert.Equal(texts.Length, texts.Distinct().Count());
    }

    private static ParseResult Parse(Http1Head head, byte[] message, bool byteByByte)
    {
        for (int end = byteByByte ? 0 : message.Length; end < message.Length; end++) head.Parse(message.AsSpan(0, end));
        return head.Parse(message);
    }

    private static string Outcome(ParseResult result) => result == ParseResult.Complete ? "complete" : "more";

    private static (byte[] Message, string Expected) Read(string kind, string name) =>
        (File.ReadAllBytes(Path.Combine(Root, kind, name, "message.http")), File.ReadAllText(Path.Combine(Root, kind, name, "expected")).Trim());

    private static TheoryData<string> Cases(string kind) =>
        new(Directory.GetDirectories(Path.Combine(Root, kind)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
}
