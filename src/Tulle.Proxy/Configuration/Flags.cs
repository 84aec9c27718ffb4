namespace Tulle.Proxy.Configuration;

/// <param name="Name">With its dashes.</param>
/// <param name="Value">What to write for the value in a usage line.</param>
/// <param name="Help">One or two lines.</param>
/// <param name="Repeatable">Whether it may be given more than once.</param>
internal sealed record Flag(string Name, string Value, string Help, bool Repeatable = false);

/// <summary>The one list from which parsing, suggestions and help derive.</summary>
internal static class Flags
{
    public static readonly IReadOnlyList<Flag> All =
    [
        new("--outbound", "ADDR:PORT", "serve the application's own requests as an HTTP proxy (absolute-form, CONNECT)", Repeatable: true),
        new("--inbound", "LISTEN=APP", "serve a port of the application, 127.64.0.3:8080=127.0.0.1:41234", Repeatable: true),
        new("--upstream", "LISTEN=AUTHORITY", "a local port that stands for one service, 127.0.0.1:9001=user-service:80", Repeatable: true),
        new("--admin", "ADDR:PORT", "serve /ready /live /metrics /config; a loopback address"),
        new("--control-plane", "URL", "https://HOST:PORT of the control plane; without it the proxy works from files"),
        new("--control-plane-identity", "SPIFFE-ID", "who the control plane must be"),
        new("--trust-anchors", "FILE", "PEM certificates to trust; read again when it changes"),
        new("--token", "FILE", "service-account token; read again for every connection"),
        new("--destinations", "FILE", "standalone: JSON of the services to reach and the policy of own ports"),
        new("--certificate", "FILE", "standalone: PEM certificate chain for mutual TLS, leaf first"),
        new("--key", "FILE", "standalone: PEM private key of the certificate"),
        new("--loops", "N", "event loops (default: one per core this process may use)"),
        new("--drain-timeout", "TIME", "how long requests in flight may take after SIGTERM (default 10s)"),
        new("--discovery-timeout", "TIME", "how long a request waits to learn about its service (default 3s)"),
        new("--connect-timeout", "TIME", "how long connecting to an endpoint may take (default 1s)"),
        new("--request-overrides", "DIALECTS", "obey headers for timeouts and retries: envoy (x-envoy-…), linkerd (l5d-…), or both"),
        new("--metrics-compat", "MESHES", "expose metrics and labels of istio, linkerd, or both, for boards made for them"),
        new("--access-log", "FILE", "log every request to FILE, - is standard output; without it only what policies ask for"),
        new("--access-log-format", "FORMAT", "line (default), json, or a text with %OPERATORS% as Envoy has them"),
        new("--redact-headers", "NAMES", "header fields whose values taps never show, beyond the usual secrets"),
        new("--trace-sampling", "PERCENT", "new traces that are recorded unless a policy says otherwise (default 1); off: no trace headers"),
        new("--trace-slow", "TIME", "report requests without a response for so long, recorded or not (default 1s)"),
        new("--trace-spans", "N", "most spans reported a second (default 1000)"),
        new("--log-level", "LEVEL", "debug, info, warn or error (default info)"),
    ];

    /// <summary>The flag that was probably meant, or null when none is near.</summary>
    public static string? Nearest(string name)
    {
        Flag? best = All.MinBy(f => Distance(f.Name, name));
        return best is not null && Distance(best.Name, name) <= Math.Max(2, name.Length / 4) ? best.Name : null;
    }

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(substitution, Math.Min(previous[j], row[j - 1]) + 1);
            }

            previous = row;
        }

        return previous[b.Length];
    }
}
