using System.Text.Json;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>A service's endpoints as JSON; docs/reference/insight-api.md says what each field is.</summary>
internal static class EndpointJson
{
    /// <summary>Most clients that are listed of one endpoint, the worst first; the counts are of all.</summary>
    public const int MaxClients = 50;

    public static void Write(Utf8JsonWriter json, EndpointList list, long nowUnixMs)
    {
        json.WriteString("namespace", list.Namespace);
        json.WriteString("service", list.Service);
        json.WriteStartArray("items");
        foreach (EndpointRow row in list.Rows) Write(json, row, nowUnixMs);
        json.WriteEndArray();
        json.WriteStartArray("limits");
        foreach (BackendLimits limits in list.Limits.Take(MaxClients)) Write(json, limits);
        json.WriteEndArray();
        json.WriteNumber("leftOut", list.LeftOut);
    }

    private static void Write(Utf8JsonWriter json, EndpointRow row, long nowUnixMs)
    {
        json.WriteStartObject();
        json.WriteString("address", row.Address);
        json.WriteNumber("servicePort", row.ServicePort);
        WriteText(json, "pod", row.Pod);
        WriteText(json, "workload", row.Workload);
        WriteText(json, "version", row.Version);
        json.WriteStartArray("subsets");
        foreach (string subset in row.Subsets) json.WriteStringValue(subset);
        json.WriteEndArray();
        WriteText(json, "zone", row.Zone);
        json.WriteBoolean("ready", row.Ready);
        WriteText(json, "notReadyBecause", row.NotReadyBecause);
        json.WriteBoolean("meshed", row.Identity.Length > 0);
        WriteText(json, "identity", row.Identity);
        WriteCertificate(json, row.Certificate);
        json.WriteString("summary", EndpointText.Of(row, nowUnixMs));
        json.WriteNumber("clients", EndpointText.ClientsOf(row.Beliefs));
        json.WriteNumber("ejectedBy", EndpointText.ClientsOf(row.Beliefs.Where(belief => belief.IsEjected(nowUnixMs))));
        json.WriteNumber("failsChecksOf", EndpointText.ClientsOf(row.Beliefs.Where(belief => belief.Report.CheckError.Length > 0)));
        json.WriteStartArray("seenBy");
        foreach (EndpointBelief belief in row.Beliefs.Take(MaxClients)) Write(json, belief, nowUnixMs);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, EndpointBelief belief, long nowUnixMs)
    {
        EndpointReport report = belief.Report;
        json.WriteStartObject();
        WriteClient(json, belief.Client, belief.ClientWorkload);
        json.WriteString("backend", belief.Backend);
        json.WriteBoolean("ejected", belief.IsEjected(nowUnixMs));
        WriteTime(json, "ejectedUntil", report.EjectedUntilUnixMs);
        WriteText(json, "ejectedBecause", report.EjectedBecause);
        json.WriteNumber("ejections", report.Ejections);
        WriteText(json, "checkError", report.CheckError);
        json.WriteNumber("requests", report.Requests);
        json.WriteNumber("successes", report.Successes);
        json.WriteNumber("connectFailures", report.ConnectFailures);
        WriteText(json, "lastError", report.LastError);
        WriteTime(json, "lastErrorAt", report.LastErrorUnixMs);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, BackendLimits limits)
    {
        json.WriteStartObject();
        WriteClient(json, limits.Client, limits.ClientWorkload);
        json.WriteString("backend", limits.Report.Name);
        Write(json, "connections", limits.Report.Connections);
        Write(json, "pending", limits.Report.Pending);
        Write(json, "requests", limits.Report.Requests);
        Write(json, "retries", limits.Report.Retries);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, LimitUse? use)
    {
        json.WriteStartObject(name);
        if (use is { Limit: > 0 }) json.WriteNumber("limit", use.Limit);
        else json.WriteNull("limit");
        json.WriteNumber("used", use?.Used ?? 0);
        json.WriteNumber("refused", use?.Refused ?? 0);
        json.WriteEndObject();
    }

    private static void WriteClient(Utf8JsonWriter json, ProxyId client, string workload)
    {
        json.WriteStartObject("client");
        json.WriteString("namespace", client.Namespace);
        json.WriteString("pod", client.Pod);
        WriteText(json, "workload", workload);
        json.WriteEndObject();
    }

    private static void WriteCertificate(Utf8JsonWriter json, ProxyCertificate? certificate)
    {
        if (certificate is null)
        {
            json.WriteNull("certificate");
            return;
        }
        json.WriteStartObject("certificate");
        WriteTime(json, "notAfter", certificate.NotAfterUnix * 1000);
        WriteTime(json, "issued", certificate.ObtainedUnix * 1000);
        WriteText(json, "error", certificate.LastError);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0) json.WriteString(name, text);
        else json.WriteNull(name);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long unixMs)
    {
        if (unixMs > 0) json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime);
        else json.WriteNull(name);
    }
}
