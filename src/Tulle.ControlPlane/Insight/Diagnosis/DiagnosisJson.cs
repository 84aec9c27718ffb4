using System.Text.Json;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>A diagnosis as JSON; docs/reference/insight-api.md says what each field is.</summary>
internal static class DiagnosisJson
{
    public static void Write(Utf8JsonWriter json, ServiceDiagnosis diagnosis)
    {
        json.WriteStartArray("services");
        foreach (string service in diagnosis.Services) json.WriteStringValue(service);
        json.WriteEndArray();
        json.WriteString("verdict", diagnosis.Verdict);
        json.WriteString("summary", diagnosis.Summary);
        json.WriteStartArray("findings");
        foreach (Finding finding in diagnosis.Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteStartArray("examined");
        foreach ((string service, Examination examination) in diagnosis.Examined)
        {
            json.WriteStartObject();
            json.WriteString("service", service);
            json.WriteString("area", examination.Area);
            json.WriteString("result", examination.Findings.Count == 0 ? "ok" : Name(examination.Level));
            json.WriteString("text", examination.Text);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("cause", finding.Cause);
        json.WriteString("level", Name(finding.Level));
        json.WriteString("where", finding.Where);
        json.WriteString("what", finding.What);
        json.WriteStartArray("evidence");
        foreach (string line in finding.Evidence) json.WriteStringValue(line);
        json.WriteEndArray();
        json.WriteString("remedy", finding.Remedy);
        json.WriteEndObject();
    }

    private static string Name(FindingLevel level) => level.ToString().ToLowerInvariant();
}
