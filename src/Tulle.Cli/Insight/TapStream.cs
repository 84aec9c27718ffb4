using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Cli.Insight;

/// <summary>The events of a tap: a JSON object a line, and empty lines that keep the connection alive.</summary>
internal static class TapStream
{
    /// <summary>As many events at a time as have arrived, so that whoever shows them does it once for all of them. Ends when the mesh ends the tap.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Item>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken stop)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        ReadResult read;
        do
        {
            read = await reader.ReadAsync(stop);
            IReadOnlyList<Item> items = Cut(read.Buffer, read.IsCompleted, out SequencePosition rest);
            reader.AdvanceTo(rest, read.Buffer.End);
            if (items.Count > 0) yield return items;
        }
        while (!read.IsCompleted);
    }

    /// <param name="whole">Nothing follows: what has no line break is a line, too.</param>
    /// <param name="rest">Where the first incomplete line starts.</param>
    private static List<Item> Cut(in ReadOnlySequence<byte> bytes, bool whole, out SequencePosition rest)
    {
        var items = new List<Item>();
        var reader = new SequenceReader<byte>(bytes);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n')) Add(items, line);
        if (whole)
        {
            Add(items, reader.UnreadSequence);
            reader.AdvanceToEnd();
        }
        rest = reader.Position;
        return items;
    }

    private static void Add(List<Item> items, in ReadOnlySequence<byte> line)
    {
        if (!line.IsEmpty) items.Add(Read(Encoding.UTF8.GetString(line)));
    }

    private static Item Read(string text)
    {
        try
        {
            return new Item(text, JsonNode.Parse(text) as JsonObject);
        }
        catch (JsonException)
        {
            return new Item(text, null);
        }
    }

    /// <summary>One event.</summary>
    /// <param name="Text">As it came.</param>
    /// <param name="Value">What it says; null when it is no JSON object.</param>
    public readonly record struct Item(string Text, JsonObject? Value);
}
