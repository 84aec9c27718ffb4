using Tulle.Http.Fuzz;
using Tulle.Http.Http2;
using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>Receivers that tell of every little that they have read: Go's tell of 4 KiB, of the stream and of the connection.</summary>
public sealed class WindowUpdateTests
{
    private const int Read = 4 * 1024;

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    public void Read_TwoForEvery4KiBOfALongDownload_IsNoFlood(int frame)
    {
        var connection = new Http2Connection(Http2Role.Server);
        var transcript = new Http2Transcript(connection);
        transcript.Read(Join(Preface, Settings((4, 1_000_000), (5, (uint)frame)), Window(0, 1_000_000), Headers(1, Whole, Get())), int.MaxValue / 2);
        Http2Stream stream = Assert.Single(transcript.Streams);
        connection.BeginResponse(200);
        connection.EndHead(stream, endStream: false);
        byte[] data = new byte[frame];
        byte[] updates = Repeat(frame / Read, _ => Join(Window(1, Read), Window(0, Read)));

        // No time passes: nothing is refilled meanwhile.
        for (int sent = 0; sent < 100_000_000; sent += frame)
        {
            connection.Sent(connection.OutputLength);
            Assert.Equal(frame, connection.WriteData(stream, data, endStream: false));
            transcript.Read(updates, int.MaxValue / 2);
            Assert.False(transcript.Failed, $"{transcript} after {sent} bytes");
        }
    }

    [Fact]
    public void Read_TwoForEveryByte_IsAFlood()
    {
        var connection = new Http2Connection(Http2Role.Server);
        var transcript = new Http2Transcript(connection);
        transcript.Read(Join(Preface, Settings((4, 1_000_000)), Window(0, 1_000_000), Headers(1, Whole, Get())), int.MaxValue / 2);
        connection.BeginResponse(200);
        connection.EndHead(transcript.Streams[0], endStream: false);
        connection.WriteData(transcript.Streams[0], new byte[16 * 1024], endStream: false);
        transcript.Read(Repeat(16 * 1024, _ => Join(Window(1, 1), Window(0, 1))), int.MaxValue / 2);
        Assert.EndsWith("error WindowUpdateFlood EnhanceYourCalm\n", transcript.ToString(), StringComparison.Ordinal);
    }
}
