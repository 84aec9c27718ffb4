using System.Buffers;
using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>One tap event as a line of NDJSON.</summary>
internal static class TapLine
{
    public static void Write(IBufferWriter<byte> output, int proxy, TapEvent tapEvent, TapSides sides)
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
            WriteSide(json, "source", sides.Of(tapEvent.Source));
            WriteSide(json, "destination", sides.Of(tapEvent.Destination));
            WriteDetails(json, tapEvent);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    /// <summary>What did not come through since the tap began.</summary>
    public static void WriteLoss(IBufferWriter<byte> output, ulong events, ulong requests)
    {
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("type", "loss");
            json.WriteNumber("events", events);
            json.WriteNumber("requests", requests);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteSide(Utf8JsonWriter json, string name, WorkloadPod? pod)
    {
        if (pod is null) return;
        json.WriteStartObject(name);
        json.WriteString("namespace", pod.Namespace);
        json.WriteString("pod", pod.Name);
        json.WriteString("workload", pod.Workload);
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, string name, IReadOnlyCollection<TapHeader> fields)
    {
        if (fields.Count == 0) return;
        json.WriteStartArray(name);
        foreach (TapHeader field in fields)
        {
            json.WriteStartObject();
            json.WriteString("name", field.Name);
            json.WriteString("value", field.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
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
            WriteFields(json, "headers", request.Headers);
        }
        else if (tapEvent.Response is { } response)
        {
            json.WriteNumber("status", response.Status);
            json.WriteNumber("latencyMicros", response.LatencyMicros);
            if (response.MeshError.Length > 0) json.WriteString("meshError", response.MeshError);
            WriteFields(json, "headers", response.Headers);
        }
        else if (tapEvent.End is { } end)
        {
            json.WriteNumber("durationMicros", end.DurationMicros);
            json.WriteNumber("responseBytes", end.ResponseBytes);
            if (end.ResetError.Length > 0) json.WriteString("resetError", end.ResetError);
            WriteFields(json, "trailers", end.Trailers);
        }
    }
}
