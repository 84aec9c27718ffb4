using System.Text;
using Tulle.Http.Http2;

namespace Tulle.Http.Fuzz;

/// <summary>What a connection made of some bytes, as text; the same however the bytes were split.</summary>
internal sealed class Http2Transcript(Http2Connection connection)
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, StringBuilder> _bodies = [];

    /// <summary>Every stream that was handed out and not released.</summary>
    public List<Http2Stream> Streams { get; } = [];

    /// <summary>Consume bodies as they come, as a fast reader does.</summary>
    public bool Consumes { get; init; } = true;

    /// <summary>The connection broke.</summary>
    public bool Failed { get; private set; }

    /// <summary>Reads all of the input, in pieces of at most that many bytes.</summary>
    public void Read(ReadOnlySpan<byte> input, int piece)
    {
        int start = 0, end = 0;
        while (!Failed)
        {
            Http2Event e = connection.Read(input[start..end], out int consumed);
            if (e.Kind == Http2EventKind.NeedMore)
            {
                start += consumed;
                if (end == input.Length) return;
                end = Math.Min(input.Length, end + piece);
                continue;
            }
            Record(e);
            start += consumed;
        }
    }

    public override string ToString() => _text.ToString();

    private void Record(in Http2Event e)
    {
        if (e.Kind is Http2EventKind.Request) Streams.Add(e.Stream!);
        if (e.Kind == Http2EventKind.Data)
        {
            if (!_bodies.TryGetValue(e.Stream!.Id, out StringBuilder? body)) _bodies[e.Stream.Id] = body = new StringBuilder();
            body.Append(Encoding.Latin1.GetString(e.Data));
            if (Consumes) connection.Consume(e.Stream, e.Data.Length);
            if (e.EndStream) Line($"data {e.Stream.Id} \"{body}\" end");
            return;
        }
        Line(e.Kind switch
        {
            Http2EventKind.Request or Http2EventKind.Response or Http2EventKind.Interim =>
                $"{Word(e.Kind)} {e.Stream!.Id} [{Fields(e.Stream.Head)}]{(e.EndStream ? " end" : "")}",
            Http2EventKind.Trailers => $"{Body(e.Stream!)}trailers {e.Stream!.Id} [{Fields(e.Stream.Trailers)}]",
            Http2EventKind.Reset => $"{Body(e.Stream!)}reset {e.Stream!.Id} {e.Error.Kind} {e.Error.Code}",
            Http2EventKind.Refused => $"refused {e.Error.Kind}",
            Http2EventKind.WindowOpened => $"window {e.Stream?.Id ?? 0}",
            Http2EventKind.GoAway => $"goaway {e.Error.Code}",
            Http2EventKind.ConnectionError => $"error {e.Error.Kind} {e.Error.Code}",
            _ => Word(e.Kind),
        });
        Failed = e.Kind == Http2EventKind.ConnectionError;
    }

    private string Body(Http2Stream stream) =>
        _bodies.TryGetValue(stream.Id, out StringBuilder? body) && body.Length > 0 ? $"data {stream.Id} \"{body}\"\n" : "";

    private void Line(string line) => _text.Append(line).Append('\n');

    private static string Word(Http2EventKind kind) => kind.ToString().ToLowerInvariant();

    private static string Fields(Http2Head head) =>
        string.Join(" | ", Encoding.Latin1.GetString(head.Buffer).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
}
