using Tulle.Http.Http2;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>
/// HTTP/2 frames in both roles: the split of the bytes does not matter, heads that come out are clean, and what waits to be
/// sent stays bounded. The first byte chooses the role and how the bytes are split.
/// </summary>
internal sealed class Http2Target : IFuzzTarget
{
    // What one input may make us answer: a frame for each of its frames, and windows for its bodies.
    private const int MaxOutputFactor = 8;

    public string Name => "http2";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        Http2Role role = (input[0] & 1) == 0 ? Http2Role.Server : Http2Role.Client;
        int piece = 1 + input[0] / 2 % 40;
        ReadOnlySpan<byte> bytes = input[1..];

        string whole = Transcript(role, bytes, int.MaxValue / 2);
        BrokenPromiseException.Unless(whole == Transcript(role, bytes, piece), "the split of the input does not matter");
    }

    private static string Transcript(Http2Role role, ReadOnlySpan<byte> bytes, int piece)
    {
        var connection = new Http2Connection(role);
        int before = connection.OutputLength;
        var transcript = new Http2Transcript(connection);
        if (role == Http2Role.Client)
        {
            for (int i = 0; i < 3; i++)
            {
                Http2Stream stream = connection.TryOpen()!;
                connection.BeginRequest(stream, i == 2 ? "HEAD"u8 : "GET"u8, "http"u8, "a"u8, "/"u8);
                connection.EndHead(stream, endStream: i > 0);
                transcript.Streams.Add(stream);
            }
            before = connection.OutputLength;
        }

        transcript.Read(bytes, piece);

        BrokenPromiseException.Unless(connection.OutputLength - before <= 512 + MaxOutputFactor * bytes.Length, "answers are not much longer than what they answer");
        if (!transcript.Failed) transcript.Streams.ForEach(CheckHead);
        foreach (Http2Stream stream in transcript.Streams) connection.Release(stream);
        BrokenPromiseException.Unless(connection.UnreleasedStreams == 0, "every stream that was made was told");
        BrokenPromiseException.Unless(transcript.Failed || connection.OpenStreams == 0, "a released stream is off the wire");
        connection.Close();
        return transcript.ToString();
    }

    private static void CheckHead(Http2Stream stream)
    {
        if (stream.IsReset) return;
        foreach (ref readonly HeaderSlot slot in stream.Head.Headers)
        {
            ReadOnlySpan<byte> name = slot.Name.In(stream.Head.Buffer), value = slot.Value.In(stream.Head.Buffer);
            BrokenPromiseException.Unless(!name.IsEmpty && !name.ContainsAnyInRange((byte)'A', (byte)'Z'), "names are in lower case");
            BrokenPromiseException.Unless(value.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0, "values have no line breaks");
        }
    }
}
