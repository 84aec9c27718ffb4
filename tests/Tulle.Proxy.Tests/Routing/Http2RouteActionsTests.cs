using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Routing;

/// <summary>What routes ask for, with real clients and servers of HTTP/2 and gRPC.</summary>
public sealed class Http2RouteActionsTests
{
    private static readonly Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    [Fact]
    public async Task RewriteHeadersMirrorAndLog_OverHttp2_AreInEffect()
    {
        var log = new AccessLogLines();
        var received = new ConcurrentQueue<string>();
        var mirrored = new ConcurrentQueue<string>();
        await using Http2App app = await Http2App.StartAsync(context => RecordAsync(context, received));
        await using Http2App mirror = await Http2App.StartAsync(context => RecordAsync(context, mirrored));
        await using ProxyUnderTest proxy = WithUpstream(log);
        Destination destination = Destinations.To([app.EndPoint, mirror.EndPoint], new Route
        {
            Rewrite = new Rewrite { Authority = "other", Prefix = "/v2", MatchedPrefix = "/v1" },
            RequestHeaders = new HeaderOperations { Set = { new HeaderField { Name = "x-set", Value = "rule" } } },
            ResponseHeaders = new HeaderOperations { Removed = { "x-server" }, Added = { new HeaderField { Name = "x-added", Value = "yes" } } },
            Mirrors = { new Mirror { Backend = "b1", Ppm = 1_000_000 } },
        });
        foreach (Backend backend in destination.Backends) backend.Protocol = Protocol.Protocol.Http2;
        proxy.Apply(destination);
        using HttpClient client = Http2Mesh.NewClient(AddressOf(proxy));

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await client.PostAsync("/v1/a?b=c", new StringContent("body"), TestContext.Current.CancellationToken);
            Assert.Equal("hi", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(["yes"], response.Headers.GetValues("x-added"));
            Assert.False(response.Headers.Contains("x-server"));
        }

        await Eventually.TrueAsync(() => mirrored.Count == 3, Eventually.Patience, "the mirror received all", () => $"{mirrored.Count}");
        Assert.Equal(Enumerable.Repeat("POST /v2/a?b=c other rule body", 3), received);
        Assert.Equal(received, mirrored);
        Assert.Equal(Enumerable.Repeat("outbound /v1/a?b=c HTTP/2 200 4 2", 3), await log.ReadAsync(3));
    }

    [Fact]
    public async Task AnswersOfTheRoute_OverHttp2_NeedNoServer()
    {
        await using ProxyUnderTest proxy = WithUpstream(null);
        proxy.Apply(Destinations.To([],
            new Route { Condition = Path("/moved"), Redirect = new Redirect { Authority = "new.example" } },
            new Route { DirectResponse = new DirectResponse { Status = 418, Body = ByteString.CopyFromUtf8("teapot") } }));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = AddressOf(proxy), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpResponseMessage moved = await client.GetAsync("/moved?x", TestContext.Current.CancellationToken);
        using HttpResponseMessage direct = await client.GetAsync("/else", TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.MovedPermanently, "http://new.example/moved?x"), (moved.StatusCode, moved.Headers.Location!.OriginalString));
        Assert.Equal((418, "teapot"), ((int)direct.StatusCode, await direct.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(5, 1, 0)]
    [InlineData(13, 0, 1)]
    public async Task GrpcStatus_InTrailers_DecidesAboutSuccess(int status, int successes, int failures)
    {
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync();
            context.Response.AppendTrailer("grpc-status", $"{status}");
            await context.Response.CompleteAsync();
        });
        await using ProxyUnderTest proxy = WithUpstream(null);
        proxy.Apply(Destinations.To(app.EndPoint, new Route()));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(proxy));

        Assert.Equal(status, (int)e.StatusCode);
        await proxy.CountsAsync(successes, Direction.Outbound, series => series.Successes);
        await proxy.CountsAsync(failures, Direction.Outbound, series => series.Failures);
        await proxy.CountsAsync(1, Direction.Outbound, series => series.GrpcStatuses?[status] ?? 0);
    }

    [Theory]
    [InlineData(8u, 0u, 8)]
    [InlineData(null, 503u, 14)]
    public async Task FaultAbort_OfAGrpcCall_IsAGrpcStatus(uint? grpc, uint http, int expected)
    {
        await using ProxyUnderTest proxy = WithUpstream(null);
        var fault = new Fault { AbortStatus = http, AbortPpm = 1_000_000 };
        if (grpc is not null) fault.AbortGrpcStatus = grpc.Value;
        proxy.Apply(Destinations.To([new IPEndPoint(IPAddress.Loopback, 1)], new Route { Fault = fault }));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(proxy));

        Assert.Equal(expected, (int)e.StatusCode);
    }

    private static async Task CallAsync(ProxyUnderTest proxy)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(AddressOf(proxy));
        await channel.CreateCallInvoker().AsyncUnaryCall(new Method<string, string>(MethodType.Unary, "test.Echo", "Say", Text, Text), null, default, "x");
    }

    private static ProxyUnderTest WithUpstream(AccessLogLines? log) => new(
        config => config with
        {
            Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")],
            AccessLog = log is null ? null : AccessLogModel.Compile(json: false, "%DIRECTION% %REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %BYTES_RECEIVED% %BYTES_SENT%").Model,
        },
        accessLog: log);

    private static Uri AddressOf(ProxyUnderTest proxy) => new($"http://127.0.0.1:{proxy.Upstream().Port}");

    private static Condition Path(string exact) => new() { Path = new StringMatch { Exact = exact } };

    private static async Task RecordAsync(HttpContext context, ConcurrentQueue<string> received)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        received.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Host} {context.Request.Headers["x-set"]} {body}");
        context.Response.Headers["x-server"] = "1";
        await context.Response.WriteAsync("hi");
    }
}
