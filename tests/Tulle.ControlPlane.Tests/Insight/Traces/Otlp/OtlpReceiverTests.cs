using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.Protocol.Otlp;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces.Otlp;

/// <summary>Applications' spans over real sockets.</summary>
public sealed class OtlpReceiverTests : IAsyncLifetime
{
    private readonly TraceStore _store = new(null, TimeProvider.System, NullLogger<TraceStore>.Instance);
    private readonly HttpClient _http = new();
    private OtlpSpans _spans = null!;
    private OtlpReceiver _receiver = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var workloads = new OnePod();
        var intake = new TraceIntake(_store, new TailRules(TimeProvider.System), workloads, [], NullLogger<TraceIntake>.Instance);
        _spans = new OtlpSpans(intake, workloads, TimeProvider.System);
        var loopback = new IPEndPoint(IPAddress.Loopback, 0);
        _receiver = await OtlpReceiver.StartAsync(new OtlpReceiverOptions { Grpc = loopback, Http = loopback }, _spans, NullLoggerFactory.Instance, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _receiver.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Grpc_Spans_JoinTheTrace()
    {
        using var channel = GrpcChannel.ForAddress(_receiver.Grpc);
        ExportTraceServiceResponse response = await new TraceService.TraceServiceClient(channel).ExportAsync(Request(Sample()), cancellationToken: Cancellation);
        Assert.Null(response.PartialSuccess);
        AssertKept();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HttpProtobuf_Spans_JoinTheTrace(bool gzip)
    {
        HttpResponseMessage response = await PostAsync(Request(Sample()).ToByteArray(), "application/x-protobuf", gzip: gzip);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-protobuf", response.Content.Headers.ContentType!.MediaType);
        AssertKept();
    }

    /// <summary>The example of OpenTelemetry's specification, with an id and names of ours.</summary>
    [Fact]
    public async Task HttpJson_Spans_JoinTheTrace()
    {
        ulong start = Now;
        string json = """
            {"resourceSpans": [{
              "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "users"}}, {"key": "k8s.pod.name", "value": {"stringValue": "users-0"}}]},
              "scopeSpans": [{
                "scope": {"name": "my.library", "version": "1.0.0", "attributes": [{"key": "some", "value": {"stringValue": "attribute"}}]},
                "spans": [{
                  "traceId": "4BF92F3577B34DA6A3CE929D0E0E4736", "spanId": "EEE19B7EC3C1B174", "parentSpanId": "EEE19B7EC3C1B173", "name": "query", "kind": 2,
                  "startTimeUnixNano": "START", "endTimeUnixNano": "END", "status": {"code": 2, "message": "no"},
                  "attributes": [
                    {"key": "http.response.status_code", "value": {"intValue": "500"}}, {"key": "list", "value": {"arrayValue": {"values": [{"doubleValue": 1.5}, {"boolValue": true}]}}}],
                  "events": [{"timeUnixNano": "START", "name": "exception", "attributes": [{"key": "exception.type", "value": {"stringValue": "IOError"}}]}],
                  "unknownField": 1}]}]}]}
            """;
        json = json.Replace("START", $"{start}", StringComparison.Ordinal).Replace("END", $"{start + 5_000_000}", StringComparison.Ordinal);
        HttpResponseMessage response = await PostAsync(Encoding.UTF8.GetBytes(json), "application/json");
        Assert.Equal("{}", await response.Content.ReadAsStringAsync(Cancellation));
        TraceSpan span = Assert.Single(_store.Spans(Trace(0)));
        Assert.Equal((0xEEE19B7EC3C1B174ul, 0xEEE19B7EC3C1B173ul, "query", 500, true), (span.SpanId, span.ParentId, span.Span.Name, span.Status, span.IsError));
        Assert.Equal((5_000, "deployment/users", "default"), (span.DurationMicros, span.Workload, span.Namespace));
        Assert.Equal("exception", span.Span.Events[0].Name);
    }

    [Theory]
    [InlineData("/v1/traces", "application/x-protobuf", "\u0001\u0002", 400)]
    [InlineData("/v1/traces", "application/json", "{", 400)]
    [InlineData("/v1/traces", "application/json", """{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}""", 400)]
    [InlineData("/v1/traces", "text/plain", "", 415)]
    [InlineData("/", "application/json", "{}", 404)]
    [InlineData("/v1/metrics", "application/json", "{}", 200)]
    public async Task Http_WhatIsNotASpan_IsAnswered(string path, string type, string body, int status) =>
        Assert.Equal(status, (int)(await PostAsync(Encoding.Latin1.GetBytes(body), type, path)).StatusCode);

    [Fact]
    public async Task Http_PackedBodyBeyondTheLimit_IsRefused()
    {
        byte[] large = new byte[OtlpHttpHandler.MaxBytes + 1];
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(large, "application/x-protobuf", gzip: true)).StatusCode);
    }

    [Fact]
    public async Task Spans_InvalidOrTooLarge_AreCountedAndSaid()
    {
        Span noId = Sample(), large = Sample(), old = Sample(), future = Sample();
        noId.SpanId = ByteString.Empty;
        old.StartTimeUnixNano = 1;
        future.StartTimeUnixNano += 7_200_000_000_000;
        large.Name = new string('x', OtlpSpans.MaxSpanBytes);
        HttpResponseMessage response = await PostAsync(Request(Sample(), noId, large, old, future).ToByteArray(), "application/x-protobuf");
        var answer = ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal((4, 4), (answer.PartialSuccess.RejectedSpans, _spans.Rejected));
        AssertKept();
    }

    /// <summary>A flood: what is beyond the rate is refused and counted.</summary>
    [Fact]
    public void Spans_BeyondTheRate_AreCountedAndSaid()
    {
        Span[] many = [.. Enumerable.Repeat(Sample(), 20_000)];
        ExportTraceServiceResponse answer = _spans.Take(Request(many));
        Assert.InRange(answer.PartialSuccess.RejectedSpans, 5_000, 15_000);
    }

    [Fact]
    public async Task Start_BeyondLoopback_IsRefused()
    {
        var any = new IPEndPoint(IPAddress.Any, 0);
        await Assert.ThrowsAsync<ArgumentException>(() => OtlpReceiver.StartAsync(new OtlpReceiverOptions { Grpc = any, Http = any }, _spans, NullLoggerFactory.Instance, Cancellation));
    }

    private static ulong Now => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;

    private static Span Sample() => new()
    {
        TraceId = ByteString.CopyFrom(TraceSpan.Bytes(Trace(0))), SpanId = ByteString.CopyFrom(TraceSpan.Bytes(7ul)), Name = "query", StartTimeUnixNano = Now, EndTimeUnixNano = Now + 1,
    };

    private static ExportTraceServiceRequest Request(params Span[] spans)
    {
        var scope = new ScopeSpans();
        scope.Spans.AddRange(spans);
        var resource = new Resource();
        resource.Attributes.Text("k8s.pod.name", "users-0");
        return new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { scope } } } };
    }

    private void AssertKept()
    {
        TraceSpan span = Assert.Single(_store.Spans(Trace(0)));
        Assert.Equal((7ul, SpanSource.Application, "users", "deployment/users"), (span.SpanId, span.Source, span.Service, span.Workload));
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body, string type, string path = "/v1/traces", bool gzip = false)
    {
        if (gzip)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionMode.Compress)) stream.Write(body);
            body = packed.ToArray();
        }
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (gzip) content.Headers.ContentEncoding.Add("gzip");
        return await _http.PostAsync(new Uri(_receiver.Http, path), content, Cancellation);
    }

    private sealed class OnePod : IWorkloads
    {
        public IReadOnlyList<WorkloadPod> Pods { get; } = [new("default", "users-0", "deployment/users", "", "spiffe://a", ["users"])];

        public IReadOnlyList<(string Namespace, string Name)> Services => [];
    }
}
