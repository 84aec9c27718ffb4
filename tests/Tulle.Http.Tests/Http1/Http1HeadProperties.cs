using System.Text;
using CsCheck;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class Http1HeadProperties
{
    private const int Iterations = 3_000;

    private static readonly Http1Limits SmallLimits = new() { HeadBytes = 400, TargetBytes = 40, HeaderCount = 10 };

    [Fact]
    public void Parse_WellFormedRequest_IsComplete() => Generators.RequestHead.Sample(text =>
    {
        var head = new Http1RequestHead();
        Assert.True(head.Parse(Encoding.Latin1.GetBytes(text)) == ParseResult.Complete, head.Error.Text);
        Assert.Equal(text.Length, head.Length);
    }, iter: Iterations);

    [Fact]
    public void Parse_AnySplit_GivesTheSameResult() =>
        Gen.Select(Generators.RequestHead, Generators.Mutations, Gen.Bool, Gen.Bool, Gen.Int[0, 1_000].Array[0, 8])
            .Sample((text, mutations, mutate, small, places) =>
            {
                byte[] bytes = Encoding.Latin1.GetBytes(text);
                if (mutate) bytes = Generators.Mutate(bytes, mutations);
                Http1Limits limits = small ? SmallLimits : Http1Limits.Default;
                var whole = new Http1RequestHead(limits);
                whole.Parse(bytes);
                AssertSame(whole, bytes, Generators.Cuts(bytes.Length, places), limits);
                AssertSame(whole, bytes, Enumerable.Range(0, bytes.Length + 1), limits);
            }, iter: Iterations);

    [Fact]
    public void Parse_AnySplitOfAResponse_GivesTheSameResult() =>
        Gen.Select(Generators.ResponseHead, Generators.Mutations, Gen.Bool).Sample((text, mutations, mutate) =>
        {
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            if (mutate) bytes = Generators.Mutate(bytes, mutations);
            var whole = new Http1ResponseHead();
            ParseResult expected = whole.Parse(bytes);
            var split = new Http1ResponseHead();
            ParseResult result = ParseResult.NeedMore;
            for (int end = 0; end <= bytes.Length; end++) result = split.Parse(bytes.AsSpan(0, end));
            Assert.Equal((expected, whole.Error, whole.Length, whole.Status, whole.Framing), (result, split.Error, split.Length, split.Status, split.Framing));
        }, iter: Iterations);

    [Fact]
    public void Parse_WhateverFollows_IsNotLookedAt() => Gen.Select(Generators.RequestHead, Gen.Byte.Array[0, 50]).Sample((text, rest) =>
    {
        var head = new Http1RequestHead();
        Assert.Equal(ParseResult.Complete, head.Parse([.. Encoding.Latin1.GetBytes(text), .. rest]));
        Assert.Equal(text.Length, head.Length);
    }, iter: Iterations);

    [Fact]
    public void Parse_AnyProperPrefix_NeedsMore() => Gen.Select(Generators.RequestHead, Gen.Int[0, 10_000]).Sample((text, place) =>
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(ParseResult.NeedMore, new Http1RequestHead().Parse(bytes.AsSpan(0, place % bytes.Length)));
    }, iter: Iterations);

    [Fact]
    public void Write_ThenParse_KeepsWhatIsEndToEnd() => Generators.RequestHead.Sample(text =>
    {
        byte[] source = Encoding.Latin1.GetBytes(text);
        var before = new Http1RequestHead();
        before.Parse(source);
        var written = new byte[Http1HeadWriter.MaxBytes(before, default)];
        Assert.True(Http1HeadWriter.TryWriteRequest(before, source, written, default, out int length));
        written = written[..length];

        var after = new Http1RequestHead();
        Assert.True(after.Parse(written) == ParseResult.Complete, after.Error.Text);

        Assert.Equal(before.MethodText.In(source), after.MethodText.In(written));
        Assert.Equal(before.Authority.In(source), after.Authority.In(written));
        Assert.Equal(before.PathIn(source), after.PathIn(written));
        Assert.Equal(before.Query.In(source), after.Query.In(written));
        Assert.Equal((before.Framing, before.ContentLength, before.WantsUpgrade), (after.Framing, after.ContentLength, after.WantsUpgrade));
        Assert.NotEqual(TargetForm.Absolute, after.TargetForm);
        Assert.Equal(EndToEnd(before, source), EndToEnd(after, written));

        // What was forwarded once is forwarded unchanged: every hop sees the same request.
        var again = new byte[Http1HeadWriter.MaxBytes(after, default)];
        Assert.True(Http1HeadWriter.TryWriteRequest(after, written, again, default, out int second));
        Assert.Equal(SortedLines(written), SortedLines(again.AsSpan(0, second)));
    }, iter: Iterations);

    [Fact]
    public void Write_RandomBytesThatParse_NeverThrowsAndStaysParseable() =>
        Gen.Select(Generators.RequestHead, Generators.Mutations).Sample((text, mutations) =>
        {
            byte[] source = Generators.Mutate(Encoding.Latin1.GetBytes(text), mutations);
            var head = new Http1RequestHead();
            if (head.Parse(source) != ParseResult.Complete) return;
            var written = new byte[Http1HeadWriter.MaxBytes(head, default)];
            Assert.True(Http1HeadWriter.TryWriteRequest(head, source, written, default, out int length));
            var after = new Http1RequestHead();
            Assert.True(after.Parse(written.AsSpan(0, length)) == ParseResult.Complete, after.Error.Text);
            Assert.Equal((head.Framing, head.ContentLength, length), (after.Framing, after.ContentLength, after.Length));
        }, iter: Iterations);

    [Fact]
    public void Write_Response_StaysParseable() => Gen.Select(Generators.ResponseHead, Generators.Mutations, Gen.Bool).Sample((text, mutations, mutate) =>
    {
        byte[] source = Encoding.Latin1.GetBytes(text);
        if (mutate) source = Generators.Mutate(source, mutations);
        var head = new Http1ResponseHead();
        if (head.Parse(source) != ParseResult.Complete) return;
        var written = new byte[Http1HeadWriter.MaxBytes(head, default)];
        Assert.True(Http1HeadWriter.TryWriteResponse(head, source, written, default, out int length));
        var after = new Http1ResponseHead();
        Assert.True(after.Parse(written.AsSpan(0, length)) == ParseResult.Complete, after.Error.Text);
        Assert.Equal((head.Status, head.Framing, length), (after.Status, after.Framing, after.Length));
    }, iter: Iterations);

    private static void AssertSame(Http1RequestHead whole, byte[] bytes, IEnumerable<int> ends, Http1Limits limits)
    {
        var split = new Http1RequestHead(limits);
        foreach (int end in ends) split.Parse(bytes.AsSpan(0, end));
        Assert.Equal(whole.Parse(bytes), split.Parse(bytes));
        Assert.Equal(
            (whole.Error, whole.Length, whole.Method, whole.Target, whole.Path, whole.Query, whole.Authority),
            (split.Error, split.Length, split.Method, split.Target, split.Path, split.Query, split.Authority));
        Assert.Equal(
            (whole.Framing, whole.ContentLength, whole.KeepAlive, whole.WantsUpgrade, whole.ExpectsContinue),
            (split.Framing, split.ContentLength, split.KeepAlive, split.WantsUpgrade, split.ExpectsContinue));
        Assert.Equal(Slots(whole), Slots(split));
    }

    private static IEnumerable<(ByteRange, ByteRange, KnownHeader, bool)> Slots(Http1Head head) =>
        [.. head.Headers.ToArray().Select(slot => (slot.Name, slot.Value, slot.Id, slot.IsHopByHop))];

    private static List<string> EndToEnd(Http1Head head, byte[] bytes) =>
        [.. head.Headers.ToArray().Where(slot => !slot.IsHopByHop && slot.Id != KnownHeader.Host)
            .Select(slot => Encoding.Latin1.GetString(slot.Name.In(bytes)) + ":" + Encoding.Latin1.GetString(slot.Value.In(bytes)))];

    /// <summary>Connection moves to the end the first time, so only order may differ from then on.</summary>
    private static List<string> SortedLines(ReadOnlySpan<byte> head) => [.. Encoding.Latin1.GetString(head).Split("\r\n").Order(StringComparer.Ordinal)];
}
