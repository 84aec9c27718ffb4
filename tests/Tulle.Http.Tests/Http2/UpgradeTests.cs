using System.Buffers.Text;
using System.Text;
using CsCheck;
using Tulle.Http.Fuzz;
using Tulle.Http.Http1;
using Tulle.Http.Http2;
using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Connections that begin in HTTP/1.1, RFC 7540 §3.2.</summary>
public sealed class UpgradeTests
{
    // MAX_CONCURRENT_STREAMS 100 and INITIAL_WINDOW_SIZE 65,535: what curl sends.
    private const string Usual = "AAMAAABkAAQAAP__";

    [Fact]
    public void TryUpgrade_Request_IsTheEndedStreamOne()
    {
        (Http2Connection connection, Http2Stream? stream) = Upgrade(Usual, "GET /a/b?c=d HTTP/1.1\r\nHost: app:80\r\nUser-Agent: x\r\nX-Mixed: Value\r\nTE: trailers\r\n");

        Assert.Equal((1, true), (stream!.Id, stream.RemoteEnded));
        Assert.Equal(
            [":method: GET", ":scheme: http", ":path: /a/b?c=d", ":authority: app:80", "user-agent: x", "x-mixed: Value", "te: trailers"],
            Encoding.ASCII.GetString(stream.Head.Buffer).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("/a/b", Encoding.ASCII.GetString(stream.Head.AsRequest().Path));
        Assert.Equal((uint)100, connection.Peer.MaxConcurrentStreams);
        // §3.2.1: the 101 acknowledges the settings, so no frame does.
        Assert.Equal("settings; window 0 983041", Describe(connection.Output));
    }

    [Fact]
    public void Read_AfterUpgrade_NeedsThePrefaceAndGoesOnWithStreamThree()
    {
        (Http2Connection connection, _) = Upgrade(Usual);
        connection.Sent(connection.OutputLength);
        var transcript = new Http2Transcript(connection);

        transcript.Read(Join(Preface, Settings(), Headers(3, Whole, Get())), int.MaxValue / 2);

        Assert.Equal("settings\nrequest 3 [:method: GET | :scheme: http | :path: / | :authority: a] end\n", transcript.ToString());
        Assert.Equal("settings ack", Describe(connection.Output));
    }

    [Theory]
    [InlineData("§3.2: the client has to send the preface", "GET / HTTP/1.1\r\n\r\n", "error InvalidPreface ProtocolError\n")]
    [InlineData("§3.5: SETTINGS follow it", "ping", "error SettingsExpected ProtocolError\n")]
    [InlineData("§5.1: stream 1 is half-closed by the client", "headers", "settings\nreset 1 FrameAfterEndStream StreamClosed\n")]
    public void Read_AfterUpgrade_HoldsTheClientToTheRules(string clause, string input, string expected)
    {
        (Http2Connection connection, _) = Upgrade(Usual);
        var transcript = new Http2Transcript(connection);

        transcript.Read(
            input switch
            {
                "ping" => Join(Preface, Ping()),
                "headers" => Join(Preface, Settings(), Headers(1, Whole, Get())),
                _ => Encoding.ASCII.GetBytes(input),
            },
            int.MaxValue / 2);

        Assert.True(expected == transcript.ToString(), $"{clause}: {transcript}");
    }

    [Fact]
    public void WriteData_AfterUpgrade_KeepsTheWindowOfTheSettings()
    {
        (Http2Connection connection, Http2Stream? stream) = Upgrade(Base64Url.EncodeToString(Settings((4, 5))[Http2FrameHeader.Size..]));
        connection.Sent(connection.OutputLength);
        connection.BeginResponse(200);
        connection.EndHead(stream!, endStream: false);

        Assert.Equal(5, connection.WriteData(stream!, "hello world"u8, endStream: true));

        new Http2Transcript(connection).Read(Join(Preface, Settings((4, 5)), Window(1, 6)), int.MaxValue / 2);
        Assert.Equal(6, connection.WriteData(stream!, " world"u8, endStream: true));
    }

    [Fact]
    public void WriteData_AfterUpgrade_SendsLittleBeforeThePreface()
    {
        (Http2Connection connection, Http2Stream? stream) = Upgrade(Usual);
        connection.Sent(connection.OutputLength);
        connection.BeginResponse(200);
        connection.EndHead(stream!, endStream: false);

        byte[] body = new byte[65_535];
        Assert.Equal(16 * 1024, WriteAll(body));
        Assert.Equal(0, connection.SendCapacity(stream!));

        var transcript = new Http2Transcript(connection);
        transcript.Read(Join(Preface, Settings()), int.MaxValue / 2);
        Assert.Equal("window 0\nsettings\n", transcript.ToString());
        // Together the window that every connection begins with (RFC 9113 §6.9.2).
        Assert.Equal(65_535 - 16 * 1024, WriteAll(body));
        Assert.Equal(0, connection.SendCapacity(stream!));

        int WriteAll(ReadOnlySpan<byte> bytes)
        {
            int total = 0;
            while (connection.WriteData(stream!, bytes, endStream: false) is var written and > 0)
            {
                total += written;
                connection.Sent(connection.OutputLength);
            }
            return total;
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("AAMAAABkAA", false)]
    [InlineData("AAMAAABkA", false)]
    [InlineData("AAMAAABk AAQAAP__", false)]
    [InlineData("AAMAAABk!", false)]
    [InlineData("AAQAAP//", false)]
    [InlineData("AAMAAABkAAQAAA==", false)]
    [InlineData("AAIAAAAC", false)]
    [InlineData("AAT_____", false)]
    public void TryUpgrade_Settings_MustBeAFramesPayload(string settings, bool taken) => Assert.Equal(taken, Upgrade(settings).Stream is not null);

    [Fact]
    public void TryUpgrade_MoreSettingsThanAnyClientHas_IsDeclined() =>
        Assert.Null(Upgrade(string.Concat(Enumerable.Repeat("AAMAAABk", 33))).Stream);

    [Fact]
    public void TryUpgrade_AnySettings_AreTakenAsTheFrameWouldBeOrDeclined() => Gen.OneOf(
        Gen.Byte.Array[0, 60].Select(bytes => Base64Url.EncodeToString(bytes)),
        Gen.Select(Gen.UShort[0, 9], Gen.UInt).Array[0, 6].Select(settings => Base64Url.EncodeToString(Settings([.. settings.Select(s => ((int)s.Item1, s.Item2))])[Http2FrameHeader.Size..])),
        Gen.String["AB-_/+= ,~"]).Sample(settings =>
    {
        (_, Http2Stream? stream) = Upgrade(settings);
        byte[]? payload = IsBase64Url(settings) ? Base64Url.DecodeFromChars(settings) : null;
        Assert.Equal(payload is not null && IsTaken(payload), stream is not null);
    });

    [Fact]
    public void TryUpgrade_AnyFields_AreThoseThatHttp2WouldHaveBrought() =>
        Gen.Select(Gen.String["aB-1"].Where(name => name.Length > 0), Gen.String["xY ,;="]).Array[0, 8].Sample(fields =>
        {
            string[] lines = [.. fields.Select(field => $"{field.Item1}: {field.Item2.Trim(' ')}")];
            (_, Http2Stream? upgraded) = Upgrade(Usual, $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(lines.Select(line => line + "\r\n"))}");
            var connection = new Http2Connection(Http2Role.Server);
            var transcript = new Http2Transcript(connection);

            transcript.Read(Join(Preface, Settings(), Headers(1, Whole, Get([.. lines.Select(line => line[..line.IndexOf(':')].ToLowerInvariant() + line[line.IndexOf(':')..])]))), int.MaxValue / 2);

            Assert.Equal(Fields(Assert.Single(transcript.Streams)), Fields(upgraded!));
        });

    // Pseudo-header fields may come in any order.
    private static string[] Fields(Http2Stream stream) =>
        [.. Encoding.ASCII.GetString(stream.Head.Buffer).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).OrderBy(line => line[0] == ':' ? line : "~")];

    private static bool IsBase64Url(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && Base64Url.IsValid(text.AsSpan());

    private static bool IsTaken(byte[] payload)
    {
        if (payload.Length % 6 != 0) return false;
        var transcript = new Http2Transcript(new Http2Connection(Http2Role.Server));
        transcript.Read(Join(Preface, Raw(4, 0, 0, payload)), int.MaxValue / 2);
        return !transcript.Failed;
    }

    private static (Http2Connection Connection, Http2Stream? Stream) Upgrade(string settings, string head = "GET / HTTP/1.1\r\nHost: a\r\n")
    {
        byte[] bytes = Encoding.ASCII.GetBytes(head + "\r\n");
        var request = new Http1RequestHead();
        Assert.Equal(ParseResult.Complete, request.Parse(bytes));
        var connection = new Http2Connection(Http2Role.Server);
        return (connection, connection.TryUpgrade(Encoding.ASCII.GetBytes(settings), new RequestView(request, bytes)));
    }
}
