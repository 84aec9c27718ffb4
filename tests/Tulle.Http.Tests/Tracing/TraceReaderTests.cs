using System.Text;
using Tulle.Http.Http1;
using Tulle.Http.Tracing;

namespace Tulle.Http.Tests.Tracing;

public sealed class TraceReaderTests
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private const ulong High = 0x4bf92f3577b34da6, Low = 0xa3ce929d0e0e4736, Span = 0x00f067aa0ba902b7;

    [Theory]
    [InlineData(Parent, TraceSampling.Sampled)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", TraceSampling.Dropped)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", TraceSampling.Sampled)]
    [InlineData("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", TraceSampling.Sampled)]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like", TraceSampling.Sampled)]
    [InlineData(" \t" + Parent + "\t ", TraceSampling.Sampled)]
    public void Read_ValidTraceparent_IsTheContext(string value, TraceSampling sampling)
    {
        IncomingTrace trace = Read($"traceparent:{value}");
        Assert.Equal((High, Low, Span, sampling), (trace.TraceHigh, trace.TraceLow, trace.SpanId, trace.Sampling));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.")]
    [InlineData("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what")]
    [InlineData(".0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData("00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    [InlineData(Parent + "\r\ntraceparent: " + Parent)]
    public void Read_InvalidTraceparent_IsNone(string value)
    {
        IncomingTrace trace = Read($"traceparent: {value}\r\ntracestate: foo=1");
        Assert.False(trace.IsValid);
        Assert.False(trace.KeepsState);
        Assert.Equal(TraceFields.TraceParent | TraceFields.TraceState, trace.Fields);
    }

    [Theory]
    [InlineData("foo=1", true)]
    [InlineData("foo=1,bar=2\r\ntracestate: baz=3", true)]
    [InlineData("foo=1 \t , \t bar=2, \t baz=3", true)]
    [InlineData("foo=1,\r\ntracestate: ", true)]
    [InlineData("foo=1,foo=2", true)]
    [InlineData("foo@=1,bar=2", false)]
    [InlineData("@foo=1,bar=2", false)]
    [InlineData("foo@@bar=1,bar=2", false)]
    [InlineData("foo@bar@baz=1,bar=2", false)]
    [InlineData("FOO=1", false)]
    [InlineData("foo =1", false)]
    [InlineData("foo.bar=1", false)]
    [InlineData("foo=1=2", false)]
    [InlineData("foo", false)]
    [InlineData("foo=", false)]
    [InlineData("foo=bar=baz", false)]
    public void Read_Tracestate_IsKeptWhenValid(string value, bool kept)
    {
        IncomingTrace trace = Read($"traceparent: {Parent}\r\ntracestate: {value}");
        Assert.True(trace.IsValid);
        Assert.Equal(kept, trace.KeepsState);
    }

    [Fact]
    public void Read_TracestateAtItsLimits_IsKept()
    {
        string z256 = new('z', 256), t241 = new('t', 241), v14 = new('v', 14);
        Assert.True(Read($"traceparent: {Parent}\r\ntracestate: {z256}=1").KeepsState);
        Assert.False(Read($"traceparent: {Parent}\r\ntracestate: {z256}z=1").KeepsState);
        Assert.True(Read($"traceparent: {Parent}\r\ntracestate: {t241}@{v14}=1").KeepsState);
        Assert.False(Read($"traceparent: {Parent}\r\ntracestate: {t241}t@v=1").KeepsState);
        Assert.False(Read($"traceparent: {Parent}\r\ntracestate: t@{v14}v=1").KeepsState);
        Assert.True(Read($"traceparent: {Parent}\r\ntracestate: {Members(32)}").KeepsState);
        Assert.False(Read($"traceparent: {Parent}\r\ntracestate: {Members(32)}\r\ntracestate: one=more").KeepsState);
        Assert.True(Read($"traceparent: {Parent}\r\ntracestate: a={z256}").KeepsState);
        Assert.False(Read($"traceparent: {Parent}\r\ntracestate: a={z256}z").KeepsState);

        static string Members(int count) => string.Join(',', Enumerable.Range(1, count).Select(i => $"bar{i}={i}"));
    }

    [Theory]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", TraceSampling.Deferred)]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1", TraceSampling.Sampled)]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", TraceSampling.Dropped)]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-d", TraceSampling.Debug)]
    [InlineData("B3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90", TraceSampling.Sampled)]
    [InlineData("X-B3-TraceId: 4bf92f3577b34da6a3ce929d0e0e4736\r\nX-B3-SpanId: 00f067aa0ba902b7", TraceSampling.Deferred)]
    [InlineData("x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7\r\nx-b3-sampled: 1", TraceSampling.Sampled)]
    [InlineData("x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7\r\nx-b3-sampled: false", TraceSampling.Dropped)]
    [InlineData("x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7\r\nx-b3-flags: 1", TraceSampling.Debug)]
    [InlineData("traceparent: bad\r\nb3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1", TraceSampling.Sampled)]
    [InlineData("b3: bad\r\nx-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7\r\nx-b3-sampled: 1", TraceSampling.Sampled)]
    public void Read_ValidB3_IsTheContext(string fields, TraceSampling sampling)
    {
        IncomingTrace trace = Read(fields);
        Assert.Equal((High, Low, Span, sampling), (trace.TraceHigh, trace.TraceLow, trace.SpanId, trace.Sampling));
    }

    [Theory]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-1")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-1")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-2")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b9")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90-")]
    [InlineData("b3: 00000000000000000000000000000000-00f067aa0ba902b7-1")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-1")]
    [InlineData("b3: 0")]
    [InlineData("b3:")]
    [InlineData("x-b3-traceid: 4bf92f3577b34da6a3ce929d0e0e4736")]
    [InlineData("x-b3-spanid: 00f067aa0ba902b7")]
    [InlineData("x-b3-traceid: 4bf92f3577b34da6\r\nx-b3-traceid: a3ce929d0e0e4736\r\nx-b3-spanid: 00f067aa0ba902b7")]
    [InlineData("x-b3: 1")]
    public void Read_NoValidB3_IsNone(string fields) => Assert.False(Read(fields).IsValid);

    [Theory]
    [InlineData("b3: 0", TraceSampling.Dropped)]
    [InlineData("b3: 1", TraceSampling.Sampled)]
    [InlineData("b3: d", TraceSampling.Debug)]
    [InlineData("x-b3-sampled: 0", TraceSampling.Dropped)]
    [InlineData("x-b3-flags: 1", TraceSampling.Debug)]
    public void Read_SamplingAlone_HoldsForTheNewTrace(string field, TraceSampling sampling)
    {
        IncomingTrace trace = Read(field);
        Assert.False(trace.IsValid);
        Assert.Equal(sampling, trace.Sampling);
    }

    [Fact]
    public void Read_ShortTraceId_IsTheLowHalf()
    {
        IncomingTrace trace = Read("b3: a3ce929d0e0e4736-00f067aa0ba902b7-1");
        Assert.Equal((0UL, Low), (trace.TraceHigh, trace.TraceLow));
    }

    [Fact]
    public void Read_TraceparentAndB3_TakesTraceparentAndTheDebugFlag()
    {
        IncomingTrace trace = Read($"b3: a3ce929d0e0e4736-e457b5a2e4d86bd1-d\r\ntraceparent: {Parent}\r\nX-Request-ID: 7");
        Assert.Equal((High, Span, TraceSampling.Debug), (trace.TraceHigh, trace.SpanId, trace.Sampling));
        Assert.Equal(TraceFields.TraceParent | TraceFields.B3 | TraceFields.RequestId, trace.Fields);
    }

    [Theory]
    [InlineData(0UL, 0x64fe8b2a57d3eff7UL, "64fe8b2a57d3eff7-00f067aa0ba902b7-0-00000000000000ff")]
    [InlineData(1UL, 0x64fe8b2a57d3eff7UL, "000000000000000164fe8b2a57d3eff7-00f067aa0ba902b7-0-00000000000000ff")]
    public void WriteSingle_ShortTraceId_StaysShort(ulong high, ulong low, string expected)
    {
        Span<byte> text = stackalloc byte[B3.MaxSingle];
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..B3.WriteSingle(high, low, Span, 0xff, TraceSampling.Dropped, text)]));
    }

    private static IncomingTrace Read(string fields)
    {
        byte[] request = Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
        var head = new Http1RequestHead();
        head.Reset();
        Assert.Equal(ParseResult.Complete, head.Parse(request));
        return TraceReader.Read(new RequestView(head, request).Fields);
    }
}
