using System.Buffers;
using System.Text.Json;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>What a question was answered last.</summary>
/// <param name="Code">HTTP status code.</param>
/// <param name="Body">One JSON object: the answer, or a Status that says what is wrong.</param>
internal sealed record LiveAnswer(int Code, byte[] Body)
{
    public bool SaysTheSame(LiveAnswer? other) => ReferenceEquals(this, other) || (other is not null && Code == other.Code && Body.AsSpan().SequenceEqual(other.Body));

    public static LiveAnswer Failed(int code, string message)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            StatusJson.Write(json, code, code == 413 ? "RequestEntityTooLarge" : "InternalError", message);
            json.WriteEndObject();
        }
        return new LiveAnswer(code, body.WrittenSpan.ToArray());
    }
}
