using System.Net;
using System.Net.Sockets;
using Tulle.Local.Compose;

namespace Tulle.Local.Supervision;

/// <summary>Asks a replica whether it is healthy.</summary>
internal abstract class HealthProbe
{
    /// <summary>The probe for a healthcheck; null when there is nothing to ask.</summary>
    /// <param name="healthcheck">As written; null for a TCP connect to <paramref name="port"/>.</param>
    /// <param name="port">The app's first private port on 127.0.0.1; null when it has none.</param>
    /// <param name="process">What a command runs as: the app's own environment and folder.</param>
    /// <param name="watcher">For the ends of commands.</param>
    /// <param name="http">For HTTP.</param>
    public static HealthProbe? Of(HealthcheckConfig? healthcheck, int? port, ProcessConfig process, ExitWatcher watcher, HttpClient http)
    {
        if (healthcheck is null) return port is { } number ? new TcpProbe(number) : null;
        if (healthcheck.Test.Count == 0) return null;
        return HttpUrl(healthcheck.Test) is { } url
            ? new HttpProbe(url, http)
            : new CommandProbe(process with { Name = $"{process.Name} healthcheck", Command = healthcheck.Test }, watcher);
    }

    /// <returns>Null when healthy, else what is wrong.</returns>
    public abstract Task<string?> AskAsync(CancellationToken cancellation);

    // The usual `curl -f http://localhost:PORT/health`, without starting a process each time.
    private static Uri? HttpUrl(IReadOnlyList<string> test)
    {
        if (Path.GetFileName(test[0]) is not ("curl" or "wget")) return null;
        string[] urls = [.. test.Skip(1).Where(word => word.StartsWith("http://", StringComparison.Ordinal))];
        bool plain = test.Skip(1).All(word => urls.Contains(word) || word is "-f" or "--fail" or "-s" or "-fs" or "-sf" or "-S" or "-fsS" or "-q" or "--quiet" or "--spider");
        return plain && urls.Length == 1 && Uri.TryCreate(urls[0], UriKind.Absolute, out Uri? url) && url.IsLoopback ? url : null;
    }

    private sealed class TcpProbe(int port) : HealthProbe
    {
        public override async Task<string?> AskAsync(CancellationToken cancellation)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation).ConfigureAwait(false);
                return null;
            }
            catch (SocketException e)
            {
                return $"connecting to 127.0.0.1:{port} failed: {e.Message}; does the program listen on $PORT?";
            }
        }
    }

    private sealed class HttpProbe(Uri url, HttpClient http) : HealthProbe
    {
        public override async Task<string?> AskAsync(CancellationToken cancellation)
        {
            try
            {
                using HttpResponseMessage response = await http.GetAsync(url, cancellation).ConfigureAwait(false);
                return (int)response.StatusCode < 400 ? null : $"GET {url} answered {(int)response.StatusCode}";
            }
            catch (HttpRequestException e)
            {
                return $"GET {url} failed: {e.Message}";
            }
        }
    }

    private sealed class CommandProbe(ProcessConfig process, ExitWatcher watcher) : HealthProbe
    {
        public override async Task<string?> AskAsync(CancellationToken cancellation)
        {
            (int pid, string? fault) = ProcessSpawner.Start(process);
            if (fault is not null) return fault;
            Task<ExitStatus> exit = watcher.WatchAsync(pid);
            using CancellationTokenRegistration kill = cancellation.UnsafeRegister(state => Libc.Kill(-(int)state!, Libc.SigKill), pid);
            ExitStatus status = await exit.ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            return status.Code == 0 ? null : $"'{string.Join(' ', process.Command)}' {status}";
        }
    }
}
