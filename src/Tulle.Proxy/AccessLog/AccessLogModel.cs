using System.Text;
using System.Text.Json;

namespace Tulle.Proxy.AccessLog;

/// <summary>How requests are written to the access log, compiled. Immutable; any thread.</summary>
internal sealed class AccessLogModel
{
    /// <summary>Most response fields that a format may name: they are kept from the response's head to the end.</summary>
    public const int MaxCaptures = 16;

    /// <summary>Istio's default line, so that what reads it goes on to.</summary>
    public const string DefaultLine =
        "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% %RESPONSE_FLAGS% "
        + "%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% "
        + "%DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
        + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% "
        + "%DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    /// <summary>Istio's default object: 24 keys.</summary>
    public const string DefaultObject = """
        {
          "start_time": "%START_TIME%",
          "route_name": "%ROUTE_NAME%",
          "method": "%REQ(:METHOD)%",
          "path": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
          "protocol": "%PROTOCOL%",
          "response_code": "%RESPONSE_CODE%",
          "response_flags": "%RESPONSE_FLAGS%",
          "response_code_details": "%RESPONSE_CODE_DETAILS%",
          "connection_termination_details": "%CONNECTION_TERMINATION_DETAILS%",
          "bytes_received": "%BYTES_RECEIVED%",
          "bytes_sent": "%BYTES_SENT%",
          "duration": "%DURATION%",
          "upstream_service_time": "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
          "x_forwarded_for": "%REQ(X-FORWARDED-FOR)%",
          "user_agent": "%REQ(USER-AGENT)%",
          "request_id": "%REQ(X-REQUEST-ID)%",
          "authority": "%REQ(:AUTHORITY)%",
          "upstream_host": "%UPSTREAM_HOST%",
          "upstream_cluster": "%UPSTREAM_CLUSTER%",
          "upstream_local_address": "%UPSTREAM_LOCAL_ADDRESS%",
          "downstream_local_address": "%DOWNSTREAM_LOCAL_ADDRESS%",
          "downstream_remote_address": "%DOWNSTREAM_REMOTE_ADDRESS%",
          "requested_server_name": "%REQUESTED_SERVER_NAME%",
          "upstream_transport_failure_reason": "%UPSTREAM_TRANSPORT_FAILURE_REASON%"
        }
        """;

    private AccessLogModel(List<AccessLogPart> parts, bool isJson)
    {
        int captures = 0;
        Parts = [.. parts.Select(part => NeedsCapture(part) ? part with { Capture = captures++ } : part)];
        Captures = [.. Parts.Where(part => part.Capture >= 0)];
        IsJson = isJson;
    }

    /// <summary>The default line.</summary>
    public static AccessLogModel Line { get; } = Compile(json: false, "").Model!;

    /// <summary>The default object.</summary>
    public static AccessLogModel Object { get; } = Compile(json: true, "").Model!;

    public AccessLogPart[] Parts { get; }

    /// <summary>The parts whose values are kept when the response's head is there.</summary>
    public AccessLogPart[] Captures { get; }

    /// <summary>Absent values are null or empty rather than "-".</summary>
    public bool IsJson { get; }

    /// <summary>Compiles a policy; both parts null when the log is off.</summary>
    public static (AccessLogModel? Model, string? Error) Compile(Protocol.AccessLog? policy) =>
        policy is not { Enabled: true } ? (null, null)
        : policy.Format.Length > 0 ? Compile(policy.Json, policy.Format)
        : (policy.Json ? Object : Line, null);

    /// <summary>Compiles a format; empty is the default. An error completes "the access log's format: ".</summary>
    public static (AccessLogModel? Model, string? Error) Compile(bool json, string format)
    {
        var parts = new List<AccessLogPart>();
        if (format.Length == 0) format = json ? DefaultObject : DefaultLine;
        string? error = json ? ParseObject(format, parts) : AccessLogParser.Parse(format, parts);
        if (error is null && parts.Count(NeedsCapture) > MaxCaptures) error = $"more than {MaxCaptures} fields of the response are named";
        if (error is not null) return (null, $"the access log's format: {error}");
        // Whoever wrote a format of their own may have left out the line's end.
        if (json || parts.Count == 0 || parts[^1] is not { Operator: AccessLogOperator.Literal, Text: [.., (byte)'\n'] }) parts.Add(AccessLogParser.Literal("\n"));
        return (new AccessLogModel(parts, json), null);
    }

    /// <summary>Of what the proxy works out itself nothing needs to be kept.</summary>
    private static bool NeedsCapture(AccessLogPart part) =>
        part.Operator is AccessLogOperator.Trailer
        || (part.Operator is AccessLogOperator.Resp && !part.Text.AsSpan().SequenceEqual("x-envoy-upstream-service-time"u8) && !part.Text.AsSpan().SequenceEqual(":status"u8));

    private static string? ParseObject(string format, List<AccessLogPart> parts)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(format, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? AddValue(document.RootElement, parts) : "a JSON object is needed";
        }
        catch (JsonException e)
        {
            return $"it is not valid JSON (line {e.LineNumber + 1})";
        }
    }

    private static string? AddValue(JsonElement value, List<AccessLogPart> parts)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                string separator = "{";
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    parts.Add(AccessLogParser.Literal($"{separator}\"{JsonEncodedText.Encode(property.Name)}\":"));
                    if (AddValue(property.Value, parts) is { } error) return error;
                    separator = ",";
                }
                parts.Add(AccessLogParser.Literal(separator == "{" ? "{}" : "}"));
                return null;
            case JsonValueKind.String:
                return AddText(value.GetString()!, parts);
            default:
                parts.Add(AccessLogParser.Literal(value.GetRawText()));
                return null;
        }
    }

    private static string? AddText(string text, List<AccessLogPart> parts)
    {
        var inner = new List<AccessLogPart>();
        if (AccessLogParser.Parse(text, inner) is { } error) return error;
        if (inner is [{ Operator: not AccessLogOperator.Literal } only])
        {
            parts.Add(only with { IsJsonValue = true });
            return null;
        }
        parts.Add(AccessLogParser.Literal("\""));
        foreach (AccessLogPart part in inner)
        {
            parts.Add(part.Operator == AccessLogOperator.Literal
                ? AccessLogParser.Literal(JsonEncodedText.Encode(Encoding.UTF8.GetString(part.Text)).Value)
                : part);
        }
        parts.Add(AccessLogParser.Literal("\""));
        return null;
    }
}
