using System.Text.Json;

namespace Tulle.Samples.Shop;

/// <summary>The body of every answer: who gave it, and what came of the calls behind it.</summary>
internal static class Answer
{
    public static byte[] Write(Identity identity, string path, bool failed, IReadOnlyList<Reply> replies)
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("service", identity.Service);
            json.WriteString("version", identity.Version);
            json.WriteString("pod", identity.Pod);
            json.WriteString("path", path);
            if (failed) json.WriteString("error", "one request in a hundred fails, so that the metrics have something to show");
            if (replies.Count > 0)
            {
                json.WriteStartArray("calls");
                foreach (var reply in replies)
                {
                    json.WriteStartObject();
                    json.WriteString("service", reply.Service);
                    json.WriteString("version", reply.Version);
                    json.WriteNumber("status", reply.Status);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }
}
