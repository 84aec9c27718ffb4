using System.Buffers;
using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>The events of a tap as lines of NDJSON. One thread at a time.</summary>
internal sealed class TapLines(IBufferWriter<byte> output) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output);

    public void Dispose() => _json.Dispose();

    public void Write(int proxy, TapEvent tapEvent, TapSides sides)
    {
        _json.WriteStartObject();
        _json.WriteString("type", Type(tapEvent));
        _json.WriteString("id", $"{proxy}:{tapEvent.Stream}");
        _json.WriteString("proxy", tapEvent.Direction == Direction.Outbound ? "out" : "in");
        _json.WriteString("src", tapEvent.Source);
        _json.WriteString("dst", tapEvent.Destination);
        _json.WriteBoolean("tls", tapEvent.Tls);
        if (tapEvent.PeerIdentity.Length > 0) _json.WriteString("peer", tapEvent.PeerIdentity);
        WriteSide(_json, "source", sides.Of(tapEvent.Source));
        WriteSide(_json, "destination", sides.Of(tapEvent.Destination));
        WriteDetails(_json, tapEvent);
        End();
    }

    /// <summary>What did not come through since the tap began.</summary>
    public void WriteLoss(ulong events, ulong requests)
    {
        _json.WriteStartObject();
        _json.WriteString("type", "loss");
        _json.WriteNumber("events", events);
        _json.WriteNumber("requests", requests);
        End();
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
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
