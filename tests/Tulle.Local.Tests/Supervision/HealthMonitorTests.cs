using System.Net;
using System.Net.Sockets;
using Tulle.Local.Compose;
using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class HealthMonitorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExitWatcher _watcher = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(bool Healthy, string Fault)> _changes = [];

    [Fact]
    public async Task RunAsync_CommandStartsToFail_IsUnhealthyAfterTheRetries()
    {
        _folder.Write("ok", "");
        Task running = Run(new HealthcheckConfig { Test = ["sh", "-c", "test -e ok"], Interval = TimeSpan.FromMilliseconds(20), Retries = 3 });
        await WaitAsync(1);

        File.Delete(_folder.PathOf("ok"));
        await WaitAsync(2);
        _folder.Write("ok", "");
        await WaitAsync(3);
        await StopAsync(running);

        Assert.Equal([true, false, true], _changes.Select(change => change.Healthy));
        Assert.Contains("ended with exit code 1", _changes[1].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoHealthcheck_WaitsForTheTcpPort()
    {
        int port = FreePort.Next();
        Task running = Run(null, port);
        Assert.Empty(_changes);

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        await WaitAsync(1);
        await StopAsync(running);

        Assert.True(_changes[0].Healthy);
    }

    [Fact]
    public async Task RunAsync_CheckHangs_TimesOut()
    {
        _folder.Write("ok", "");
        Task running = Run(new HealthcheckConfig
        {
            Test = ["sh", "-c", "test -e ok || sleep 600"], Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromMilliseconds(200), Retries = 1,
        });
        await WaitAsync(1);

        File.Delete(_folder.PathOf("ok"));
        await WaitAsync(2);
        await StopAsync(running);

        Assert.Contains("got no answer", _changes[1].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_CurlOfALoopbackUrl_IsAskedWithoutAProcess()
    {
        HealthProbe probe = HealthProbe.Of(
            new HealthcheckConfig { Test = ["curl", "-f", $"http://127.0.0.1:{FreePort.Next()}/health"] }, null,
            Sh.Script(_folder, "") with { Environment = new Dictionary<string, string> { ["PATH"] = "" } }, _watcher, _http)!;

        string? fault = await probe.AskAsync(CancellationToken.None);

        Assert.StartsWith("GET http://127.0.0.1:", fault, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _http.Dispose();
        _watcher.Dispose();
        _folder.Dispose();
    }

    private Task Run(HealthcheckConfig? config, int? port = null)
    {
        ProcessConfig process = Sh.Script(_folder, "") with { LogPath = "/dev/null" };
        HealthProbe probe = HealthProbe.Of(config, port, process, _watcher, _http)!;
        return new HealthMonitor(probe, config ?? new HealthcheckConfig { Test = [] }, TimeProvider.System, (healthy, fault) =>
        {
            lock (_changes) _changes.Add((healthy, fault));
        }).RunAsync(_stop.Token);
    }

    private Task WaitAsync(int count) => Eventually.TrueAsync(() =>
    {
        lock (_changes) return _changes.Count >= count;
    }, TimeSpan.FromSeconds(20), $"health changed {count} times");

    private async Task StopAsync(Task running)
    {
        _stop.Cancel();
        await running.WaitAsync(Eventually.Patience);
    }
}
