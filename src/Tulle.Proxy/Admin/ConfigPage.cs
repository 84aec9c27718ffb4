using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;

namespace Tulle.Proxy.Admin;

/// <summary>GET /config: what the proxy believes, how old that is, and where it has it from. Holds no secret.</summary>
internal static class ConfigPage
{
    public static ReadOnlyMemory<byte> Create(ProxyStatus status, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("version", status.Version);
            json.WriteString("startedAt", status.StartedAt);
            json.WriteString("ready", status.NotReadyReason() ?? "yes");
            WriteControlPlane(json, status, now);
            WriteIdentity(json, status.Identity(), now);
            WriteListeners(json, status.Listeners());
            WriteInbound(json, status.Inbound(), now);
            json.WriteStartArray("destinations");
            foreach (SubscriptionSnapshot destination in status.Destinations()) WriteDestination(json, destination, now);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteControlPlane(Utf8JsonWriter json, ProxyStatus status, DateTimeOffset now)
    {
        json.WriteStartObject("controlPlane");
        if (status.Config.ControlPlane is null)
        {
            json.WriteString("mode", "standalone");
        }
        else
        {
            json.WriteString("mode", "connected");
            json.WriteString("address", status.Config.ControlPlane.Authority);
            json.WriteString("identity", status.Config.ControlPlaneIdentity.ToString());
            WriteStream(json, "discovery", status.Discovery?.Invoke(), now);
            WriteStream(json, "insight", status.Insight?.Invoke(), now);
        }

        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, string name, StreamState? state, DateTimeOffset now)
    {
        if (state is null) return;
        json.WriteStartObject(name);
        json.WriteString("state", state.Connected ? "connected" : "disconnected");
        WriteAge(json, "forSeconds", state.Since, now);
        json.WriteNumber("attempts", state.Attempts);
        if (!state.Connected && state.LastError.Length > 0) json.WriteString("lastError", state.LastError);
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, IdentityState identity, DateTimeOffset now)
    {
        json.WriteStartObject("identity");
        if (identity.HasCertificate)
        {
            json.WriteString("spiffeId", identity.SpiffeId);
            json.WriteString("notAfter", identity.NotAfter);
            WriteAge(json, "ageSeconds", identity.RefreshedAt, now);
            json.WriteNumber("refreshes", identity.Refreshes);
            json.WriteNumber("trustAnchors", identity.Anchors);
        }

        if (identity.LastError.Length > 0) json.WriteString("lastError", identity.LastError);
        json.WriteEndObject();
    }

    private static void WriteListeners(Utf8JsonWriter json, ListenerList listeners)
    {
        json.WriteStartObject("listeners");
        json.WriteStartArray("outbound");
        foreach (var endPoint in listeners.Outbound) json.WriteStringValue(endPoint.ToString());
        json.WriteEndArray();
        json.WriteStartObject("inbound");
        foreach (var inbound in listeners.Inbound) json.WriteString(inbound.Listen.ToString(), inbound.Application.ToString());
        json.WriteEndObject();
        json.WriteStartObject("upstreams");
        foreach (var upstream in listeners.Upstreams) json.WriteString(upstream.Listen.ToString(), upstream.Authority);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteInbound(Utf8JsonWriter json, InboundSnapshot? inbound, DateTimeOffset now)
    {
        if (inbound is null)
        {
            json.WriteNull("inbound");
            return;
        }

        json.WriteStartObject("inbound");
        json.WriteNumber("version", inbound.Policy.Version);
        WriteAge(json, "ageSeconds", inbound.AppliedAt, now);
        json.WriteString("workload", inbound.Policy.Workload);
        json.WriteString("defaultMode", TrafficNames.MtlsModes.Of(inbound.Policy.DefaultMode));
        json.WriteStartArray("ports");
        foreach (InboundPort port in inbound.Policy.Ports)
        {
            json.WriteStartObject();
            json.WriteNumber("port", port.Port);
            json.WriteString("mode", TrafficNames.MtlsModes.Of(port.Mode));
            json.WriteString("protocol", TrafficNames.Protocols.Of(port.Protocol));
            if (port.Service is not null) json.WriteString("service", Name(port.Service));
            if (port.RateLimit is not null) json.WriteString("rateLimit", PolicyText.LimitOf(port.RateLimit));
            if (port.NamedRoutes.Count > 0) json.WriteNumber("namedRoutes", port.NamedRoutes.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDestination(Utf8JsonWriter json, SubscriptionSnapshot known, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("authority", known.Authority);
        if (known.LastError.Length > 0) json.WriteString("lastError", known.LastError);
        if (known.Applied is not { } destination)
        {
            json.WriteString("state", "waiting");
            json.WriteEndObject();
            return;
        }

        json.WriteString("state", destination.Resolution == Resolution.Mesh ? "mesh" : "not-found");
        json.WriteNumber("version", destination.Version);
        WriteAge(json, "ageSeconds", known.AppliedAt, now);
        json.WriteString("protocol", TrafficNames.Protocols.Of(destination.Protocol));
        if (destination.Service is not null) json.WriteString("service", Name(destination.Service));
        json.WriteStartArray("routes");
        foreach (Route route in destination.Routes)
        {
            json.WriteStartObject();
            json.WriteString("name", route.Name);
            if (route.Condition is not null) json.WriteString("condition", ConditionText.Of(route.Condition));
            json.WriteStartObject("backends");
            foreach (WeightedBackend backend in route.Backends) json.WriteNumber(backend.Backend, backend.Weight);
            json.WriteEndObject();
            WriteSentences(json, PolicyText.Of(route));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("backends");
        foreach (Backend backend in destination.Backends)
        {
            json.WriteStartObject();
            json.WriteString("name", backend.Name);
            json.WriteStartArray("endpoints");
            foreach (Endpoint endpoint in backend.Endpoints) WriteEndpoint(json, endpoint);
            json.WriteEndArray();
            WriteSentences(json, PolicyText.Of(backend));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSentences(Utf8JsonWriter json, IEnumerable<string> sentences)
    {
        json.WriteStartArray("policy");
        foreach (string sentence in sentences) json.WriteStringValue(sentence);
        json.WriteEndArray();
    }

    private static void WriteEndpoint(Utf8JsonWriter json, Endpoint endpoint)
    {
        json.WriteStartObject();
        json.WriteString("address", $"{endpoint.Address}:{endpoint.Port}");
        if (endpoint.Identity.Length > 0) json.WriteString("identity", endpoint.Identity);
        if (endpoint.Pod.Length > 0) json.WriteString("pod", endpoint.Pod);
        if (endpoint.Workload.Length > 0) json.WriteString("workload", endpoint.Workload);
        json.WriteEndObject();
    }

    private static void WriteAge(Utf8JsonWriter json, string name, DateTimeOffset since, DateTimeOffset now)
        => json.WriteNumber(name, Math.Max(0, Math.Round((now - since).TotalSeconds, 1)));

    private static string Name(ServiceReference service) => $"{service.Name}.{service.Namespace}:{service.Port}";
}
