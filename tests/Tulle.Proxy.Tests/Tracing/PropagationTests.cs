using System.Text.RegularExpressions;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Tests.Tracing;

/// <summary>What requests carry behind a proxy.</summary>
public sealed partial class PropagationTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Parent = "00f067aa0ba902b7";

    [Fact]
    public async Task NoContext_Outbound_StartsATraceInW3cAndARequestId()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync("");
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", fields["traceparent"]);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", fields["x-request-id"]);
        // Whoever has the request's id can find the trace.
        Assert.Equal(fields["traceparent"][3..35], fields["x-request-id"].Replace("-", "", StringComparison.Ordinal));
        Assert.DoesNotContain(fields.Keys, name => name.Contains("b3", StringComparison.Ordinal) || name == "tracestate");
    }

    [Fact]
    public async Task Traceparent_Outbound_GoesOnWithANewParent()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync(
            $"TraceParent: 00-{Trace}-{Parent}-01\r\nTraceState: a=1\r\nX-Request-Id: mine\r\n");
        Assert.Matches($"^00-{Trace}-(?!{Parent})[0-9a-f]{{16}}-01$", fields["traceparent"]);
        Assert.Equal(("a=1", "mine"), (fields["tracestate"], fields["x-request-id"]));
        Assert.DoesNotContain(fields.Keys, name => name.Contains("b3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InvalidTraceparent_Outbound_IsReplacedAndItsStateDropped()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync($"traceparent: 00-{Trace}-{Parent}-zz\r\ntracestate: a=1\r\n");
        Assert.Matches($"^00-(?!{Trace})[0-9a-f]{{32}}-[0-9a-f]{{16}}-00$", fields["traceparent"]);
        Assert.DoesNotContain("tracestate", fields.Keys);
    }

    [Fact]
    public async Task B3Single_Outbound_GoesOnInBothFormats()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync($"b3: {Trace}-{Parent}-1\r\n");
        string span = SpanOf(fields);
        Assert.Equal($"00-{Trace}-{span}-01", fields["traceparent"]);
        Assert.Equal($"{Trace}-{span}-1-{Parent}", fields["b3"]);
        Assert.DoesNotContain("x-b3-traceid", fields.Keys);
    }

    [Fact]
    public async Task B3Multi_Outbound_GoesOnInBothFormats()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync(
            $"X-B3-TraceId: a3ce929d0e0e4736\r\nX-B3-SpanId: {Parent}\r\nX-B3-Flags: 1\r\n");
        string span = SpanOf(fields);
        Assert.Equal($"00-0000000000000000a3ce929d0e0e4736-{span}-01", fields["traceparent"]);
        Assert.Equal(("a3ce929d0e0e4736", span, Parent, "1"), (fields["x-b3-traceid"], fields["x-b3-spanid"], fields["x-b3-parentspanid"], fields["x-b3-flags"]));
        Assert.DoesNotContain("x-b3-sampled", fields.Keys);
        Assert.DoesNotContain("b3", fields.Keys);
    }

    [Fact]
    public async Task B3Dropped_Outbound_StaysDropped()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync("b3: 0\r\n", new TracingConfig { SamplingPpm = 1_000_000 });
        Assert.EndsWith("-00", fields["traceparent"], StringComparison.Ordinal);
        Assert.Matches("-0$", fields["b3"]);
    }

    /// <summary>The application may pass on what it likes: it gets every format.</summary>
    [Fact]
    public async Task Traceparent_Inbound_ComesInEveryFormat()
    {
        using var app = new RecordingServer();
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(app.EndPoint, config => config with { Tracing = new TracingConfig() });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        client.Exchange($"GET /d HTTP/1.1\r\nHost: app\r\ntraceparent: 00-{Trace}-{Parent}-01\r\n\r\n");
        IReadOnlyDictionary<string, string> fields = Fields(Assert.Single(app.Received));
        string span = SpanOf(fields);
        Assert.Equal($"00-{Trace}-{span}-01", fields["traceparent"]);
        Assert.Equal($"{Trace}-{span}-1", fields["b3"]);
        Assert.Equal((Trace, span, "1"), (fields["x-b3-traceid"], fields["x-b3-spanid"], fields["x-b3-sampled"]));
    }

    /// <summary>Lengths differ from one request to the next of the same loop: a short id, a parent, another flag.</summary>
    [Fact]
    public async Task DifferentFormats_Inbound_OneAfterTheOther_AreEachTheirOwn()
    {
        using var app = new RecordingServer();
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(app.EndPoint, config => config with { Tracing = new TracingConfig() });
        using TestPeer client = TestPeer.Connect(proxy.Inbound());
        string[] contexts =
        [
            $"b3: a3ce929d0e0e4736-{Parent}-d\r\n", $"traceparent: 00-{Trace}-{Parent}-00\r\ntracestate: =\r\nx-request-id: 7\r\n",
            $"X-B3-TraceId: {Trace}\r\nX-B3-SpanId: {Parent}\r\nX-B3-Sampled: 1\r\n", $"b3: a3ce929d0e0e4736-{Parent}-d\r\n",
        ];
        foreach (string context in contexts) client.Exchange($"GET /d HTTP/1.1\r\nHost: app\r\n{context}\r\n");

        string[] found = [.. app.Received.Select(message => string.Join(' ', Context(Fields(message))))];
        const string debug = "traceparent=00-0000000000000000a3ce929d0e0e4736-S-01 b3=a3ce929d0e0e4736-S-d-P x-b3-traceid=a3ce929d0e0e4736 x-b3-spanid=S x-b3-parentspanid=P x-b3-flags=1";
        Assert.Equal(
            [
                debug, $"traceparent=00-{Trace}-S-00 b3={Trace}-S-0 x-b3-traceid={Trace} x-b3-spanid=S x-b3-sampled=0 x-request-id=7",
                $"traceparent=00-{Trace}-S-01 b3={Trace}-S-1-P x-b3-traceid={Trace} x-b3-spanid=S x-b3-parentspanid=P x-b3-sampled=1", debug,
            ], found);

        static IEnumerable<string> Context(IReadOnlyDictionary<string, string> fields) =>
            from name in (string[])["traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "x-request-id"]
            where fields.ContainsKey(name) && (name != "x-request-id" || fields[name].Length < 36)
            select $"{name}={fields[name].Replace(SpanOf(fields), "S", StringComparison.Ordinal).Replace(Parent, "P", StringComparison.Ordinal)}";
    }

    [Fact]
    public async Task TwoProxies_OneAfterTheOther_MakeParentAndChild()
    {
        using var app = new RecordingServer();
        var all = new TracingConfig { SamplingPpm = 1_000_000 };
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(app.EndPoint, config => config with { Tracing = all });
        await using var outbound = new ProxyUnderTest(config => config with { Tracing = all });
        outbound.Route("app:80", inbound.Inbound());
        using TestPeer client = TestPeer.Connect(outbound.Outbound);
        client.Exchange("GET /d HTTP/1.1\r\nHost: app\r\n\r\n");

        ProxySpan sent = (await outbound.Spans.ReadAsync(1))[0], received = (await inbound.Spans.ReadAsync(1))[0];
        Assert.Equal((sent.TraceId, 0ul, sent.SpanId), (received.TraceId, sent.ParentId, received.ParentId));
        Assert.Equal((Direction.Outbound, Direction.Inbound), (sent.Direction, received.Direction));
        Assert.Equal(SpanOf(Fields(Assert.Single(app.Received))), received.SpanId.ToString("x16", null));
        // A busy machine may let time pass between a look at the clock that measures and one at that which dates.
        Assert.InRange(received.StartMicros, sent.StartMicros - 500_000, sent.StartMicros + sent.DurationMicros + 500_000);
    }

    /// <summary>The lines are the loop's: while one request waits for its next try, others are sent.</summary>
    [Fact]
    public async Task Retry_AfterOtherRequests_CarriesItsOwnContext()
    {
        int tries = 0;
        using var server = new RecordingServer(message => message.Head.Contains("/again", StringComparison.Ordinal) && Interlocked.Increment(ref tries) == 1
            ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
            : TestServer.Ok("hello"));
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = new TracingConfig() });
        proxy.Apply(Destinations.To(server.EndPoint, new Route { Retries = new RetryPolicy { Limit = 2, On = { RetryCondition.Retry5Xx }, BackoffBaseMs = 200, BackoffMaxMs = 200 } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound), other = TestPeer.Connect(proxy.Outbound);

        client.Send($"GET /again HTTP/1.1\r\nHost: app\r\ntraceparent: 00-{Trace}-{Parent}-00\r\n\r\n");
        await Tulle.Testing.Eventually.TrueAsync(() => Volatile.Read(ref tries) == 1, TimeSpan.FromMinutes(1), "the first try came");
        other.Exchange("GET /other HTTP/1.1\r\nHost: app\r\n\r\n");
        client.ReadMessage();

        string[] parents = [.. server.Received.Where(m => m.Head.Contains("/again", StringComparison.Ordinal)).Select(m => Fields(m)["traceparent"])];
        Assert.Equal(2, parents.Length);
        Assert.StartsWith($"00-{Trace}-", parents[0], StringComparison.Ordinal);
        Assert.Equal(parents[0], parents[1]);
    }

    [Fact]
    public async Task Off_Fields_PassUntouched()
    {
        IReadOnlyDictionary<string, string> fields = await ThroughOutboundAsync("traceparent: whatever\r\ntracestate: a=1\r\n", off: true);
        Assert.Equal(("whatever", "a=1"), (fields["traceparent"], fields["tracestate"]));
        Assert.DoesNotContain("x-request-id", fields.Keys);
    }

    private static async Task<IReadOnlyDictionary<string, string>> ThroughOutboundAsync(string fields, TracingConfig? tracing = null, bool off = false)
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = off ? null : tracing ?? new TracingConfig { SamplingPpm = 0 } });
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Exchange($"GET /d HTTP/1.1\r\nHost: app\r\n{fields}\r\n");
        return Fields(Assert.Single(server.Received));
    }

    /// <summary>By lower-case name; a name that comes twice fails.</summary>
    private static Dictionary<string, string> Fields(TestMessage message) => message.Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
        .Select(line => line.Split(": ", 2)).ToDictionary(line => line[0].ToLowerInvariant(), line => line[1]);

    private static string SpanOf(IReadOnlyDictionary<string, string> fields) => Span().Match(fields["traceparent"]).Groups[1].Value;

    [GeneratedRegex("^00-[0-9a-f]{32}-([0-9a-f]{16})-0[01]$")]
    private static partial Regex Span();
}
