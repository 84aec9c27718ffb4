using System.Net;
using System.Text.RegularExpressions;

namespace Tulle.Testing;

/// <summary>A <c>tulle-proxy</c> of its own, without a control plane, on ports that it chose itself.</summary>
public sealed partial class StandaloneProxy : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    private StandaloneProxy(RunningProcess process) => Process = process;

    public RunningProcess Process { get; }

    /// <summary>Starts one with an admin port, and waits until it is ready.</summary>
    public static async Task<StandaloneProxy> StartAsync(params IEnumerable<string> arguments)
    {
        StandaloneProxy proxy = new(RunningProcess.Start(
            RepositoryFolder.Executable("tulle-proxy"), ["--admin", "127.0.0.1:0", "--loops", "2", .. arguments]));
        await proxy.Process.WaitForTextAsync(" serves ", Patience);
        await Eventually.TrueAsync(
            async () => (await Http.GetAsync(new Uri($"http://{proxy.Address("admin")}/ready"))).IsSuccessStatusCode, Patience, "the proxy is ready", proxy.Process.Show);
        return proxy;
    }

    /// <summary>The address after a word of the line that says what is served: "admin", "outbound", "inbound", "upstreams".</summary>
    public IPEndPoint Address(string kind) => IPEndPoint.Parse(Regex.Match(Process.Error, kind + @" ([0-9.:\[\]]+)").Groups[1].Value);

    /// <summary>What /metrics says.</summary>
    public Task<string> MetricsAsync() => Http.GetStringAsync(new Uri($"http://{Address("admin")}/metrics"));

    /// <summary>Errors that the proxy itself made, by reason: "connect-failed" and the like.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ErrorsAsync() => MeshErrors().Matches(await MetricsAsync())
        .GroupBy(match => match.Groups[1].Value).ToDictionary(g => g.Key, g => g.Sum(match => long.Parse(match.Groups[2].Value)));

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"(?m)^mesh_errors_total\{[^}]*reason=""([^""]*)""[^}]*\} (\d+)$")]
    private static partial Regex MeshErrors();
}
