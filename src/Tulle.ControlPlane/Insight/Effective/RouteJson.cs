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
        WriteName(json, route.Name);
        json.WriteString("matches", ConditionWords.Of(route.Condition));
        json.WriteString("answer", RouteWords.Answer(route));
        WriteBackends(json, route.Backends);
        json.WriteObjects("mirrors", route.Mirrors, static (json, mirror) =>
        {
            json.WriteString("backend", mirror.Backend);
            json.WriteShare("share", mirror.Ppm);
        });
        json.WriteOptional("timeouts", route.Timeouts, Write);
        json.WriteOptional("retries", route.Retries, Write);
        json.WriteOptional("fault", route.Fault, Write);
        json.WriteOptional("rateLimit", route.RateLimit, Write);
        json.WriteStrings("changes", RouteWords.Changes(route));
    }

    public static void Write(Utf8JsonWriter json, ConnectionRoute route)
    {
        WriteName(json, route.Name);
        json.WriteStrings("serverNames", route.ServerNames);
        WriteBackends(json, route.Backends);
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
        json.WriteObjects("backends", backends, (json, backend) =>
        {
            json.WriteString("backend", backend.Backend);
            json.WriteNumber("weight", backend.Weight);
            json.WriteNumber("share", sum > 0 ? backend.Weight / sum : 0);
        });
    }

    private static void Write(Utf8JsonWriter json, Timeouts timeouts) => json.WriteSet(
        ("requestMs", timeouts.RequestMs),
        ("responseMs", timeouts.ResponseMs),
        ("idleMs", timeouts.IdleMs),
        ("streamMs", timeouts.StreamMs));

    private static void Write(Utf8JsonWriter json, RetryPolicy retries)
    {
        json.WriteNumber("limit", retries.Limit);
        json.WriteSet("perTryTimeoutMs", retries.PerTryTimeoutMs);
        json.WriteStrings("on", retries.On.Select(TrafficNames.RetryConditions.Of));
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
