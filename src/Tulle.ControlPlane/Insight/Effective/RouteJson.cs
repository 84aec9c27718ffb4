using System.Text.Json;
using Google.Protobuf.Collections;
using Tulle.ControlPlane.Registry;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Routes as JSON.</summary>
internal static class RouteJson
{
    public static void Write(Utf8JsonWriter json, Route route)
    {
        json.WriteStartObject();
        WriteName(json, route.Name);
        json.WriteString("matches", ConditionWords.Of(route.Condition));
        json.WriteString("answer", RouteWords.Answer(route));
        WriteBackends(json, route.Backends);
        json.WriteStartArray("mirrors");
        foreach (Mirror mirror in route.Mirrors)
        {
            json.WriteStartObject();
            json.WriteString("backend", mirror.Backend);
            json.WriteShare("share", mirror.Ppm);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteOptional("timeouts", route.Timeouts, Write);
        json.WriteOptional("retries", route.Retries, Write);
        json.WriteOptional("fault", route.Fault, Write);
        json.WriteOptional("rateLimit", route.RateLimit, Write);
        json.WriteStartArray("changes");
        foreach (string change in RouteWords.Changes(route)) json.WriteStringValue(change);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ConnectionRoute route)
    {
        json.WriteStartObject();
        WriteName(json, route.Name);
        json.WriteStartArray("serverNames");
        foreach (string name in route.ServerNames) json.WriteStringValue(name);
        json.WriteEndArray();
        WriteBackends(json, route.Backends);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string name)
    {
        json.WriteString("name", name);
        if (ObjectReference.OfRoute(name) is { } source) source.WriteTo(json, "object");
        else json.WriteNull("object");
    }

    private static void WriteBackends(Utf8JsonWriter json, RepeatedField<WeightedBackend> backends)
    {
        double sum = backends.Sum(backend => (double)backend.Weight);
        json.WriteStartArray("backends");
        foreach (WeightedBackend backend in backends)
        {
            json.WriteStartObject();
            json.WriteString("backend", backend.Backend);
            json.WriteNumber("weight", backend.Weight);
            json.WriteNumber("share", sum > 0 ? backend.Weight / sum : 0);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Timeouts timeouts)
    {
        json.WriteSet("requestMs", timeouts.RequestMs);
        json.WriteSet("responseMs", timeouts.ResponseMs);
        json.WriteSet("idleMs", timeouts.IdleMs);
        json.WriteSet("streamMs", timeouts.StreamMs);
    }

    private static void Write(Utf8JsonWriter json, RetryPolicy retries)
    {
        json.WriteNumber("limit", retries.Limit);
        json.WriteSet("perTryTimeoutMs", retries.PerTryTimeoutMs);
        json.WriteStartArray("on");
        foreach (RetryCondition condition in retries.On) json.WriteStringValue(TrafficNames.RetryConditions.Of(condition));
        json.WriteEndArray();
        json.WriteStartArray("statusCodes");
        foreach (uint status in retries.StatusCodes) json.WriteNumberValue(status);
        json.WriteEndArray();
        json.WriteBoolean("anyMethod", retries.AnyMethod);
    }

    private static void Write(Utf8JsonWriter json, Fault fault)
    {
        json.WriteSet("delayMs", fault.DelayMs);
        json.WriteShare("delayShare", fault.DelayPpm);
        json.WriteSet("abortStatus", fault.AbortStatus);
        if (fault.HasAbortGrpcStatus) json.WriteNumber("abortGrpcStatus", fault.AbortGrpcStatus);
        else json.WriteNull("abortGrpcStatus");
        json.WriteShare("abortShare", fault.AbortPpm);
    }

    private static void Write(Utf8JsonWriter json, RateLimit limit)
    {
        json.WriteNumber("requestsPerSecond", limit.RequestsPerSecond);
        json.WriteSet("burst", limit.Burst);
    }
}
