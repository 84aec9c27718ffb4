using System.Text;

namespace Tulle.Proxy.AccessLog;

/// <summary>Parses a format with Envoy's operators. Errors are data.</summary>
internal static class AccessLogParser
{
    private static readonly Dictionary<string, AccessLogOperator> Names = new(StringComparer.Ordinal)
    {
        ["REQ"] = AccessLogOperator.Req,
        ["RESP"] = AccessLogOperator.Resp,
        ["TRAILER"] = AccessLogOperator.Trailer,
        ["START_TIME"] = AccessLogOperator.StartTime,
        ["PROTOCOL"] = AccessLogOperator.Protocol,
        ["RESPONSE_CODE"] = AccessLogOperator.ResponseCode,
        ["RESPONSE_FLAGS"] = AccessLogOperator.ResponseFlags,
        ["RESPONSE_CODE_DETAILS"] = AccessLogOperator.ResponseCodeDetails,
        ["CONNECTION_TERMINATION_DETAILS"] = AccessLogOperator.ConnectionTerminationDetails,
        ["UPSTREAM_TRANSPORT_FAILURE_REASON"] = AccessLogOperator.UpstreamTransportFailureReason,
        ["BYTES_RECEIVED"] = AccessLogOperator.BytesReceived,
        ["BYTES_SENT"] = AccessLogOperator.BytesSent,
        ["DURATION"] = AccessLogOperator.Duration,
        ["RESPONSE_DURATION"] = AccessLogOperator.ResponseDuration,
        ["UPSTREAM_HOST"] = AccessLogOperator.UpstreamHost,
        ["UPSTREAM_REMOTE_ADDRESS"] = AccessLogOperator.UpstreamHost,
        ["UPSTREAM_CLUSTER"] = AccessLogOperator.UpstreamCluster,
        ["UPSTREAM_LOCAL_ADDRESS"] = AccessLogOperator.UpstreamLocalAddress,
        ["UPSTREAM_PEER_URI_SAN"] = AccessLogOperator.UpstreamPeerUriSan,
        ["UPSTREAM_REQUEST_ATTEMPT_COUNT"] = AccessLogOperator.UpstreamRequestAttemptCount,
        ["DOWNSTREAM_LOCAL_ADDRESS"] = AccessLogOperator.DownstreamLocalAddress,
        ["DOWNSTREAM_REMOTE_ADDRESS"] = AccessLogOperator.DownstreamRemoteAddress,
        ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS"] = AccessLogOperator.DownstreamRemoteAddress,
        ["DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT"] = AccessLogOperator.DownstreamRemoteAddressWithoutPort,
        ["DOWNSTREAM_PEER_URI_SAN"] = AccessLogOperator.DownstreamPeerUriSan,
        ["REQUESTED_SERVER_NAME"] = AccessLogOperator.RequestedServerName,
        ["ROUTE_NAME"] = AccessLogOperator.RouteName,
        ["TRACE_ID"] = AccessLogOperator.TraceId,
        ["GRPC_STATUS"] = AccessLogOperator.GrpcStatus,
        ["GRPC_STATUS_NUMBER"] = AccessLogOperator.GrpcStatus,
        ["DIRECTION"] = AccessLogOperator.Direction,
        ["TULLE_ERROR"] = AccessLogOperator.MeshError,
    };

    /// <summary>Every operator's name, for messages and documentation.</summary>
    public static IEnumerable<string> AllNames => Names.Keys;

    /// <summary>Adds the parts of a text to <paramref name="parts"/>; null, or what is wrong.</summary>
    public static string? Parse(string text, List<AccessLogPart> parts)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                literal.Append(text[i]);
                continue;
            }
            if (i + 1 < text.Length && text[i + 1] == '%')
            {
                literal.Append('%');
                i++;
                continue;
            }
            if (literal.Length > 0) parts.Add(Literal(literal.ToString()));
            literal.Clear();
            if (ParseOperator(text, ref i, parts) is { } error) return error;
        }
        if (literal.Length > 0) parts.Add(Literal(literal.ToString()));
        return null;
    }

    public static AccessLogPart Literal(string text) => new(AccessLogOperator.Literal, Encoding.UTF8.GetBytes(text), []);

    /// <summary>Reads the operator whose '%' is at <paramref name="position"/>, and moves to the '%' that ends it.</summary>
    private static string? ParseOperator(string text, ref int position, List<AccessLogPart> parts)
    {
        int start = position + 1;
        int at = text.AsSpan(start).IndexOfAnyExceptInRange('A', '_') + start;
        if (at < start) return $"the operator \"{text[position..]}\" has no \"%\" at its end; write %% for the sign itself";
        string name = text[start..at];
        if (!Names.TryGetValue(name, out AccessLogOperator found)) return $"there is no operator %{name}%; there are: {string.Join(", ", AllNames)}";

        string argument = "";
        if (text[at] == '(')
        {
            int close = text.IndexOf(')', at);
            if (close < 0) return $"the operator %{name} has no \")\"";
            argument = text[(at + 1)..close];
            at = close + 1;
        }
        int maxLength = AccessLogPart.LongestValue;
        if (at < text.Length && text[at] == ':')
        {
            int digits = text.AsSpan(at + 1).IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !int.TryParse(text.AsSpan(at + 1, digits), out maxLength)) return $"the operator %{name} has no number of characters behind its \":\"";
            maxLength = Math.Clamp(maxLength, 1, AccessLogPart.LongestValue);
            at += digits + 1;
        }
        if (at >= text.Length || text[at] != '%') return $"the operator %{name} has no \"%\" at its end";
        position = at;
        return Add(name, found, argument, maxLength, parts);
    }

    private static string? Add(string name, AccessLogOperator found, string argument, int maxLength, List<AccessLogPart> parts)
    {
        switch (found)
        {
            case AccessLogOperator.Req or AccessLogOperator.Resp or AccessLogOperator.Trailer:
                string[] names = argument.ToLowerInvariant().Split('?');
                if (names.Length > 2 || names.Any(n => n.Length == 0)) return $"%{name}({argument})% needs the name of a field, and perhaps another one behind a \"?\"";
                parts.Add(new AccessLogPart(found, Encoding.ASCII.GetBytes(names[0]), Encoding.ASCII.GetBytes(names.Length == 2 ? names[1] : ""), maxLength));
                return null;
            case AccessLogOperator.StartTime when argument.Length > 0:
                (string? format, bool unix, string? error) = TimeFormats.Translate(argument);
                parts.Add(new AccessLogPart(found, [], [], maxLength) { TimeFormat = format, IsUnixTime = unix });
                return error;
            default:
                if (argument.Length > 0) return $"%{name}% takes nothing in parentheses";
                parts.Add(new AccessLogPart(found, [], [], maxLength));
                return null;
        }
    }
}
