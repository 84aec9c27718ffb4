using System.CommandLine;

namespace Tulle.Cli.Machine;

/// <summary>The Prometheus that stat, edges, routes and history are answered from.</summary>
internal static class PrometheusOption
{
    public static Option<Uri?> Create() => new("--prometheus")
    {
        HelpName = "URL",
        Description = "Answer stat, edges, routes and history from this Prometheus, which scrapes the sidecars, instead of from the built-in store",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https") return url;
            result.AddError($"--prometheus {result.Tokens[0].Value}: a URL such as http://127.0.0.1:9090 is needed");
            return null;
        },
    };
}
