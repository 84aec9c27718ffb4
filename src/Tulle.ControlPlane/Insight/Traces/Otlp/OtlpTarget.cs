namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>A collector that kept spans are exported to. Immutable.</summary>
public sealed record OtlpTarget
{
    private OtlpTarget(Uri endpoint, bool isGrpc) => (Endpoint, IsGrpc) = (endpoint, isGrpc);

    /// <summary>The collector; for HTTP with the path that spans go to.</summary>
    public Uri Endpoint { get; }

    /// <summary>gRPC, otherwise HTTP with protobuf.</summary>
    public bool IsGrpc { get; }

    /// <summary>Sent along, for collectors that ask for credentials. Never logged.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Reads a URL: <c>grpc://</c> or <c>grpcs://</c>, or port 4317, which is gRPC's by convention, mean gRPC; everything else is HTTP, to
    /// <c>/v1/traces</c> unless there is a path.
    /// </summary>
    /// <returns>The target, or what is wrong.</returns>
    public static (OtlpTarget? Target, string? Error) Parse(string text)
    {
        const string remedy = "write it like http://127.0.0.1:4317 (gRPC), http://127.0.0.1:4318 (HTTP), or grpc://collector:1234";
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) return (null, $"\"{text}\" is no URL of a collector; {remedy}");
        if (uri.Scheme is not ("http" or "https" or "grpc" or "grpcs")) return (null, $"\"{text}\" has the scheme {uri.Scheme}; {remedy}");
        if (uri.UserInfo.Length > 0) return (null, "credentials do not belong into the URL; put a header into OTEL_EXPORTER_OTLP_HEADERS");
        bool path = uri.AbsolutePath.Length > 1;
        bool grpc = uri.Scheme.StartsWith("grpc", StringComparison.Ordinal) || (uri.Port == 4317 && !path);
        if (grpc && path) return (null, $"\"{text}\" has a path, which gRPC does not; {remedy}");
        var builder = new UriBuilder(uri) { Scheme = uri.Scheme is "https" or "grpcs" ? "https" : "http" };
        if (uri.IsDefaultPort && uri.Scheme is "grpc" or "grpcs") builder.Port = 4317;
        if (!grpc && !path) builder.Path = "/v1/traces";
        return (new OtlpTarget(builder.Uri, grpc), null);
    }

    /// <summary>Reads the value of <c>OTEL_EXPORTER_OTLP_HEADERS</c>: <c>name=value,name=value</c>, values percent-encoded.</summary>
    public static IReadOnlyDictionary<string, string> ParseHeaders(string text)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) headers[pair[..equals].Trim()] = Uri.UnescapeDataString(pair[(equals + 1)..].Trim());
        }
        return headers;
    }
}
