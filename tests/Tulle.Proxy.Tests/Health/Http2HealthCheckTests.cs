using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;
using Tulle.Proxy.Tests.Resilience;

namespace Tulle.Proxy.Tests.Health;

/// <summary>Active checks of servers that speak HTTP/2 only, at the socket, on a manual clock.</summary>
public sealed class Http2HealthCheckTests
{
    private const string Grpc = "/grpc.health.v1.Health/Check";

    private readonly ConcurrentQueue<string> _checks = new();
    private volatile string _answer = "200";

    [Fact]
    public async Task Get_FollowsTheBackendsProtocol()
    {
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen(Answer);
        using TcpListener server = listener;
        await using var scenario = new Scenario((_, backend) => Shape(backend, "/healthz"), address);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        await ChecksAsync(scenario, 4);
        Assert.Equal("GET /healthz app.test ", _checks.First());
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);

        _answer = "500";
        await UntilAsync(scenario, client, 503);
        _answer = "200";
        await UntilAsync(scenario, client, 200);
    }

    [Theory]
    [InlineData("not-serving")]
    [InlineData("unimplemented")]
    [InlineData("reset")]
    public async Task Grpc_AnythingButServing_TakesTheEndpointOut(string answer)
    {
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen(Answer);
        using TcpListener server = listener;
        _answer = "serving";
        await using var scenario = new Scenario((_, backend) => Shape(backend, Grpc), address);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        await ChecksAsync(scenario, 4);
        Assert.Equal($"POST {Grpc} app.test application/grpc", _checks.First());
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);

        _answer = answer;
        await UntilAsync(scenario, client, 503);
        _answer = "serving";
        await UntilAsync(scenario, client, 200);
    }

    [Fact]
    public async Task Response_FrameOfTheLargestSize_IsRead()
    {
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen(Answer);
        using TcpListener server = listener;
        // A HEADERS frame of 16,384 bytes, and a CONTINUATION.
        _answer = "large";
        await using var scenario = new Scenario((_, backend) => Shape(backend, "/healthz"), address);
        using TestPeer client = scenario.Connect();
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
        // One more than it takes to find the endpoint unhealthy.
        await ChecksAsync(scenario, 4);
        Assert.Equal(200, client.Exchange(Scenario.Get).Status);
    }

    [Fact]
    public async Task Response_FrameLargerThanAllowed_IsAFrameSizeError()
    {
        var goneAway = new TaskCompletionSource<Http2ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        (TcpListener listener, IPEndPoint address) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind == Http2EventKind.GoAway) goneAway.TrySetResult(e.Error.Code);
            if (e.Kind == Http2EventKind.Request && Path(e.Stream!) == "/healthz")
            {
                // DATA of 16,385 bytes; SETTINGS_MAX_FRAME_SIZE was left at 16,384 (RFC 9113 §4.2).
                peer.Send([0x00, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01]);
                return;
            }
            Answer(peer, e);
        });
        using TcpListener server = listener;
        await using var scenario = new Scenario((_, backend) => Shape(backend, "/healthz"), address);
        using TestPeer client = scenario.Connect();
        await UntilAsync(scenario, client, 503);
        Assert.Equal(Http2ErrorCode.FrameSizeError, await goneAway.Task.WaitAsync(Testing.Eventually.Patience, TestContext.Current.CancellationToken));
    }

    private static void Shape(Backend backend, string path)
    {
        backend.Protocol = Protocol.Protocol.Http2;
        backend.HealthCheck = new HealthCheck { Path = path, Authority = "app.test", IntervalMs = 10_000, TimeoutMs = 1_000, UnhealthyThreshold = 3, HealthyThreshold = 1 };
    }

    private void Answer(RawHttp2 peer, in Http2Event e)
    {
        if (e.Kind is not (Http2EventKind.Request or Http2EventKind.Data) || !e.EndStream) return;
        Http2Stream stream = e.Stream!;
        string path = Path(stream);
        if (path == "/")
        {
            peer.Answer(stream, "fine"u8);
            return;
        }
        stream.Head.TryFind("content-type"u8, out var type);
        _checks.Enqueue($"{Text(stream.Head.MethodText)} {path} {Text(stream.Head.Authority)} {Text(type)}");
        switch (_answer)
        {
            case "200" or "500":
                peer.Codec.BeginResponse(int.Parse(_answer));
                peer.Codec.EndHead(stream, endStream: true);
                break;
            case "large":
                peer.Codec.BeginResponse(200);
                for (int i = 0; i < 5; i++) peer.Codec.Field("x-large"u8, Encoding.ASCII.GetBytes(new string('x', 4_000)));
                peer.Codec.EndHead(stream, endStream: true);
                break;
            case "serving" or "not-serving":
                peer.Codec.BeginResponse(200);
                peer.Codec.Field("content-type"u8, "application/grpc"u8);
                peer.Codec.EndHead(stream, endStream: false);
                peer.Codec.WriteData(stream, [0, 0, 0, 0, 2, 8, (byte)(_answer == "serving" ? 1 : 2)], endStream: false);
                peer.Codec.BeginTrailers();
                peer.Codec.Field("grpc-status"u8, "0"u8);
                peer.Codec.EndHead(stream, endStream: true);
                break;
            case "unimplemented":
                peer.Codec.BeginResponse(200);
                peer.Codec.Field("content-type"u8, "application/grpc"u8);
                peer.Codec.Field("grpc-status"u8, "12"u8);
                peer.Codec.EndHead(stream, endStream: true);
                break;
            default:
                peer.Codec.Reset(stream, Http2ErrorCode.InternalError);
                break;
        }
        peer.Codec.Release(stream, Http2ErrorCode.NoError);

        string Text(Tulle.Http.ByteRange range) => Encoding.ASCII.GetString(range.In(stream.Head.Buffer));
    }

    private static string Path(Http2Stream stream) => Encoding.ASCII.GetString(stream.Head.Path.In(stream.Head.Buffer));

    /// <summary>Lets time pass until so many checks were received.</summary>
    private Task ChecksAsync(Scenario scenario, int count) => Testing.Eventually.TrueAsync(
        async () =>
        {
            if (_checks.Count >= count) return true;
            await scenario.AdvanceAsync(0.5);
            return false;
        },
        Testing.Eventually.Patience, $"{count} checks are made", () => $"there were {_checks.Count}");

    private static Task UntilAsync(Scenario scenario, TestPeer client, int status) => Testing.Eventually.TrueAsync(
        async () =>
        {
            await scenario.AdvanceAsync(0.5);
            return client.Exchange(Scenario.Get).Status == status;
        },
        Testing.Eventually.Patience, $"the answer is {status}");
}
