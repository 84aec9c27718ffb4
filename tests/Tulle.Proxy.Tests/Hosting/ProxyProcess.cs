using System.Net;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>A proxy as a process of its own, with the addresses that it says it serves.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = Patience };

    private ProxyProcess(RunningProcess process) => Process = process;

    public RunningProcess Process { get; }

    /// <summary>The native one, as it is shipped.</summary>
    public static string Executable => RepositoryFolder.Executable("tulle-proxy");

    /// <summary>Starts one with an admin port, and waits until it listens.</summary>
    public static async Task<ProxyProcess> StartAsync(string executable, params string[] arguments)
    {
        var proxy = new ProxyProcess(RunningProcess.Start(executable, ["--admin", "127.0.0.1:0", .. arguments]));
        await proxy.Process.WaitForTextAsync(" serves ", Patience);
        return proxy;
    }

    public static Task<CommandResult> RunAsync(params string[] arguments) => RunningProcess.RunAsync(Executable, arguments, Patience);

    /// <summary>The address after a word of the line that says what is served: "admin", "outbound", "inbound", "upstreams".</summary>
    public IPEndPoint Address(string kind) => IPEndPoint.Parse(Regex.Match(Process.Error, kind + @" ([0-9.:\[\]]+)").Groups[1].Value);

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri($"http://{Address("admin")}{path}"));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task ReadyAsync() => Eventually.TrueAsync(async () => (await GetAsync("/ready")).Status == 200, Patience, "the proxy is ready", Process.Show);

    /// <summary>Ends it as Kubernetes would. Returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Process.Send(Signal.Terminate);
        return await Process.WaitForExitAsync(Patience);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return Process.DisposeAsync();
    }
}
