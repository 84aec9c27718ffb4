using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Kubernetes.Watching;

/// <summary>The events of a watch: one JSON object per line.</summary>
public static class WatchStream
{
    /// <summary>Longest event taken. etcd refuses objects beyond 1.5 MiB; managed fields can double that.</summary>
    public const int MaxEventBytes = 8 * 1024 * 1024;

    /// <summary>Reads events until the stream ends.</summary>
    /// <exception cref="InvalidDataException">An event is too long or no JSON object.</exception>
    public static async IAsyncEnumerable<(string Type, JsonObject Object)> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        PipeReader reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellation).ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    ReadOnlySequence<byte> line = buffer.Slice(0, end);
                    if (!line.IsEmpty) yield return Parse(line);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }
                if (buffer.Length > MaxEventBytes)
                    throw new InvalidDataException($"a watch event is longer than {MaxEventBytes} bytes");
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted) yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static (string Type, JsonObject Object) Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (JsonNode.Parse(ref json) is JsonObject watchEvent
                && watchEvent.Text("type") is { } type && watchEvent["object"] is JsonObject value)
            {
                watchEvent.Remove("object");
                return (type, value);
            }
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"a watch event is no JSON: {error.Message}", error);
        }
        throw new InvalidDataException("a watch event has no type or no object");
    }
}
