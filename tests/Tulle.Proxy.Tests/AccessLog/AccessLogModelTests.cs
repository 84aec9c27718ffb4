using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Tests.Routing;

namespace Tulle.Proxy.Tests.AccessLog;

public sealed class AccessLogModelTests
{
    private const string Fields = "User-Agent: curl/8\r\nX-Forwarded-For: 10.0.0.1\r\nX-Request-Id: abc\r\n";

    [Fact]
    public void Line_Default_IsIstiosLine()
    {
        string line = Write(AccessLogModel.Line, $"GET /users/1?x=y HTTP/1.1\r\nHost: users\r\n{Fields}\r\n");

        Assert.Equal(
            "[2026-11-22T20:00:00.123Z] \"GET /users/1?x=y HTTP/1.1\" 200 - via_upstream - \"-\" 3 5 12 7 \"10.0.0.1\" \"curl/8\" \"abc\" \"users\" "
            + "\"10.1.2.3:8080\" users.shop:80|v1 - 127.0.0.1:15001 127.0.0.1:5000 - vs/shop/users#1\n",
            line);
    }

    [Fact]
    public void Object_Default_HasIstiosKeysAndNumbersThatAreNumbers()
    {
        string line = Write(AccessLogModel.Object, $"GET /a\"b HTTP/1.1\r\nHost: users\r\nUser-Agent: \"x\\y\t\xff\r\n\r\n");
        using JsonDocument json = JsonDocument.Parse(line);

        Assert.Equal(24, json.RootElement.EnumerateObject().Count());
        Assert.Equal(200, json.RootElement.GetProperty("response_code").GetInt32());
        Assert.Equal(12, json.RootElement.GetProperty("duration").GetInt32());
        Assert.Equal("\"x\\y\t\u00ff", json.RootElement.GetProperty("user_agent").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("x_forwarded_for").ValueKind);
        Assert.Equal("-", json.RootElement.GetProperty("response_flags").GetString());
        Assert.EndsWith("}\n", line);
    }

    [Theory]
    [InlineData("%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %TULLE_ERROR%", "URX,UT response_timeout route-timeout")]
    [InlineData("%REQ(X-MISSING?USER-AGENT)% %REQ(USER-AGENT):4%", "curl/8 curl")]
    [InlineData("%REQ(X-MISSING)% 100%%", "- 100%")]
    [InlineData("%START_TIME(%s)% %START_TIME(%Y/%m/%d at %H:%M:%S.%3f)%", "1795377600 2026/11/22 at 20:00:00.123")]
    [InlineData("%DIRECTION% %GRPC_STATUS% %UPSTREAM_REQUEST_ATTEMPT_COUNT% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", "outbound 14 3 127.0.0.1")]
    [InlineData("%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% %RESP(:STATUS)% %RESP(SERVER)% %RESP(X-NONE?SERVER)%", "- 504 kestrel kestrel")]
    public void Compile_OwnFormat_IsFollowed(string format, string expected)
    {
        (AccessLogModel? model, string? error) = AccessLogModel.Compile(json: false, format);
        Assert.Null(error);
        Assert.Equal(expected + "\n", Write(model!, $"GET / HTTP/1.1\r\nHost: users\r\n{Fields}\r\n", MeshError.RouteTimeout));
    }

    [Theory]
    [InlineData(false, "%NOTHING%", "there is no operator %NOTHING%")]
    [InlineData(false, "%REQ(X%", "has no \")\"")]
    [InlineData(false, "%REQ(A?B?C)%", "needs the name of a field")]
    [InlineData(false, "100%", "write %% for the sign itself")]
    [InlineData(false, "%DURATION", "has no \"%\" at its end")]
    [InlineData(false, "%START_TIME(%Q)%", "not supported")]
    [InlineData(true, "{", "not valid JSON")]
    [InlineData(true, "[]", "a JSON object is needed")]
    public void Compile_WrongFormat_SaysWhatIsWrong(bool json, string format, string expected)
    {
        (AccessLogModel? model, string? error) = AccessLogModel.Compile(json, format);
        Assert.Null(model);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Object_OwnFormatWithNesting_StaysValidJson()
    {
        AccessLogModel model = AccessLogModel.Compile(json: true, """{"a": {"b": "x-%RESPONSE_CODE%-\"y\"", "n": 1, "t": true}, "c": "%PROTOCOL%"}""").Model!;
        using JsonDocument json = JsonDocument.Parse(Write(model, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
        Assert.Equal("x-200-\"y\"", json.RootElement.GetProperty("a").GetProperty("b").GetString());
        Assert.Equal("HTTP/1.1", json.RootElement.GetProperty("c").GetString());
    }

    [Fact]
    public void Object_WhateverAFieldHolds_IsValidJson()
    {
        AccessLogModel model = AccessLogModel.Compile(json: true, """{"a": "%REQ(X)%", "b": "_%REQ(X)%_"}""").Model!;
        Gen.Char[(char)0x20, (char)0xff].Where(c => c != 0x7f).Array[0, 40].Sample(chars =>
        {
            string value = new string(chars).Trim();
            using JsonDocument json = JsonDocument.Parse(Write(model, $"GET / HTTP/1.1\r\nHost: h\r\nX: {value}\r\n\r\n"));
            Assert.Equal(value.Length == 0 ? JsonValueKind.Null : JsonValueKind.String, json.RootElement.GetProperty("a").ValueKind);
        });
    }

    [Fact]
    public void Write_InSteadyState_AllocatesNothing()
    {
        var request = new TestRequest($"GET /users/1?x=y HTTP/1.1\r\nHost: users\r\n{Fields}\r\n");
        var destination = new byte[4096];
        var peer = new IPEndPoint(IPAddress.Loopback, 5000);
        for (int i = 0; i < 200; i++) Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            var entry = new AccessLogEntry { Request = request.View, Protocol = "HTTP/1.1"u8, Start = DateTimeOffset.UnixEpoch, DownstreamRemote = peer, UpstreamHost = "10.1.2.3:80", Flags = ResponseFlags.UpstreamTimeout };
            new AccessLogLine(destination, AccessLogModel.Line).Write(entry);
            new AccessLogLine(destination, AccessLogModel.Object).Write(entry);
        }
    }

    [Fact]
    public void FlagNames_EveryFlag_HasLetters()
    {
        Assert.Equal(Enum.GetValues<ResponseFlags>().Length - 1, FlagNames.Count);
        Assert.Equal("UMSDR", FlagNames.Text(ResponseFlags.MaxStreamDuration));
        Assert.Equal("OM", FlagNames.Text(ResponseFlags.Overload));
        foreach (MeshError error in Enum.GetValues<MeshError>()) Assert.NotEmpty(MeshErrors.Of(error).Details);
    }

    private static string Write(AccessLogModel model, string head, MeshError error = MeshError.None)
    {
        bool failed = error != MeshError.None;
        var captured = new AccessLogCapture();
        captured.Reset();
        var response = new TestRequest("GET / HTTP/1.1\r\nHost: h\r\nServer: kestrel\r\n\r\n");
        captured.Take(model, response.View.Fields, trailers: false);
        var request = new TestRequest(head);
        var entry = new AccessLogEntry
        {
            Request = request.View,
            Protocol = "HTTP/1.1"u8,
            Start = new DateTimeOffset(2026, 11, 22, 20, 0, 0, 123, TimeSpan.Zero),
            DurationMicros = 12_345,
            ResponseMicros = 8_999,
            UpstreamMicros = 7_999,
            Status = failed ? 504 : 200,
            Flags = failed ? ResponseFlags.UpstreamTimeout | ResponseFlags.RetryLimit : ResponseFlags.None,
            Error = failed ? MeshErrors.Of(error) : null,
            BytesReceived = 3,
            BytesSent = 5,
            UpstreamHost = "10.1.2.3:8080",
            UpstreamCluster = "users.shop:80|v1",
            DownstreamLocal = new IPEndPoint(IPAddress.Loopback, 15001),
            DownstreamRemote = new IPEndPoint(IPAddress.Loopback, 5000),
            RouteName = "vs/shop/users#1",
            Attempts = 3,
            GrpcStatus = 14,
            Captured = captured,
        };
        var destination = new byte[8192];
        return Encoding.UTF8.GetString(destination, 0, new AccessLogLine(destination, model).Write(entry));
    }
}
