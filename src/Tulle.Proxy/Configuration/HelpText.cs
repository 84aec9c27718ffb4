using System.Text;

namespace Tulle.Proxy.Configuration;

internal static class HelpText
{
    private const string Head = """
        tulle-proxy: the sidecar of the Tulle mesh

        Usage: tulle-proxy FLAG…

        """;

    private const string Tail = """

        Examples:
          A sidecar of the mesh:
            tulle-proxy --control-plane https://127.0.0.1:15010 --trust-anchors anchors.pem --token token \
              --outbound 127.64.0.3:15001 --inbound 127.64.0.3:8080=127.0.0.1:41234 --admin 127.64.0.3:15020
          On its own, one local port for a service that is listed in a file:
            tulle-proxy --upstream 127.0.0.1:9001=user-service:80 --destinations destinations.json --admin 127.0.0.1:15020
          On its own, mutual TLS in front of an application:
            tulle-proxy --inbound 0.0.0.0:8443=127.0.0.1:8080 --certificate leaf.pem --key leaf.key --trust-anchors anchors.pem

        SIGTERM and SIGINT drain: the proxy is no longer ready, finishes what is in flight, and exits. A second one exits at once.

        Exit codes:
          0  drained after SIGTERM or SIGINT
          1  could not start or go on (a port is taken, a file cannot be used); standard error says why
          2  the command line is wrong
          130  a second signal ended it before it had drained

        """;

    public static string Create()
    {
        var text = new StringBuilder(Head).Append('\n').Append("Flags:\n");
        int width = Flags.All.Max(f => f.Name.Length + 1 + f.Value.Length) + 2;
        foreach (Flag flag in Flags.All)
        {
            text.Append("  ").Append($"{flag.Name} {flag.Value}".PadRight(width)).Append(flag.Help);
            text.Append(flag.Repeatable ? "; repeatable\n" : "\n");
        }

        text.Append("  ").Append("--help, --version".PadRight(width)).Append("this text; the version\n");
        return text.Append(Tail).ToString();
    }
}
