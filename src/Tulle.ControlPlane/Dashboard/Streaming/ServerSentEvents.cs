using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>Writes answers as Server-Sent Events (HTML Living Standard, 9.2).</summary>
internal static class ServerSentEvents
{
    private const int Ok = 200;

    /// <param name="to">The stream.</param>
    /// <param name="index">Which question of the stream it answers.</param>
    /// <param name="code">HTTP status code of the answer.</param>
    /// <param name="answer">One JSON object.</param>
    public static void Write(IBufferWriter<byte> to, int index, int code, AnswerBuffer answer)
    {
        if (code == Ok)
        {
            // JSON is written without line breaks, so it is one data line.
            to.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: update\ndata: {{\"q\":{index},\"body\":")));
            answer.CopyTo(to);
            to.Write("}\n\n"u8);
            return;
        }
        to.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(to))
        {
            json.WriteStartObject();
            json.WriteNumber("q", index);
            json.WriteNumber("code", code);
            json.WriteString("message", MessageOf(answer.ToArray()));
            json.WriteEndObject();
        }
        to.Write("\n\n"u8);
    }

    private static string MessageOf(byte[] status)
    {
        using JsonDocument document = JsonDocument.Parse(status);
        return document.RootElement.TryGetProperty("message", out JsonElement message) ? message.GetString() ?? "" : "";
    }
}
