using System.Buffers;
using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>One tap event as a line of NDJSON.</summary>
internal static class TapLine
{
    public static void Write(IBufferWriter<byte> output, int proxy, TapEvent tapEvent)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("type", Type(tapEvent));
            json.WriteString("id", $"{proxy}:{tapEvent.Stream}");
            json.WriteString("proxy", tapEvent.Direction == Direction.Outbound ? "out" : "in");
            json.WriteString("src", tapEvent.Source);
            json.WriteString("dst", tapEvent.Destination);
            json.WriteBoolean("tls", tapEvent.Tls);
            if (tapEvent.PeerIdentity.Length > 0) json.WriteString("peer", tapEvent.PeerIdentity);
            WriteDetails(json, tapEvent);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static string Type(TapEvent tapEvent) => tapEvent.EventCase switch
    {
        TapEvent.EventOneofCase.Request => "req",
        TapEvent.EventOneofCase.Response => "rsp",
        _ => "end",
    };

    private static void WriteDetails(Utf8JsonWriter json, TapEvent tapEvent)
    {
        if (tapEvent.Request is { } request)
        {
            json.WriteString("method", request.Method);
            json.WriteString("authority", request.Authority);
            json.WriteString("path", request.Path);
        }
        else if (tapEvent.Response is { } response)
        {
            json.WriteNumber("status", response.Status);
            json.WriteNumber("latencyMicros", response.LatencyMicros);
            if (response.MeshError.Length > 0) json.WriteString("meshError", response.MeshError);
        }
        else if (tapEvent.End is { } end)
        {
            json.WriteNumber("durationMicros", end.DurationMicros);
            json.WriteNumber("responseBytes", end.ResponseBytes);
            if (end.ResetError.Length > 0) json.WriteString("resetError", end.ResetError);
        }
    }
}
