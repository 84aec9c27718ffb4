using System.Text.Json;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary>The fields of a Kubernetes Status that says what went wrong.</summary>
internal static class StatusJson
{
    public static void Write(Utf8JsonWriter json, int code, string reason, string message)
    {
        json.WriteString("kind", "Status");
        json.WriteString("apiVersion", "v1");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteString("status", "Failure");
        json.WriteString("message", message);
        json.WriteString("reason", reason);
        json.WriteNumber("code", code);
    }
}
