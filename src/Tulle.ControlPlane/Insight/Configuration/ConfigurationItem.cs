using System.Text.Json;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Findings;

namespace Tulle.ControlPlane.Insight.Configuration;

/// <summary>An object that configures the mesh, with everything that is to be said of it.</summary>
internal sealed record ConfigurationItem(ConfiguredObject Object, IReadOnlyList<Finding> Findings)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("namespace", Object.Reference.Namespace);
        json.WriteString("kind", Object.Reference.Kind);
        json.WriteString("apiVersion", Object.ApiVersion);
        json.WriteString("name", Object.Reference.Name);
        json.WriteString("created", Object.Created);
        json.WriteString("status", Findings.Count == 0 ? "ok" : Word(Findings.Min(finding => finding.Severity)));
        json.WriteStartArray("findings");
        foreach (Finding finding in Findings)
        {
            json.WriteStartObject();
            WriteFields(json, finding);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A finding's own fields.</summary>
    public static void WriteFields(Utf8JsonWriter json, Finding finding)
    {
        json.WriteString("severity", Word(finding.Severity));
        json.WriteString("field", finding.Field);
        json.WriteString("message", finding.Remedy.Length == 0 ? finding.Message : $"{finding.Message}; {finding.Remedy}");
    }

    // Severities are in the order of their weight.
    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "notApplied",
    };
}
