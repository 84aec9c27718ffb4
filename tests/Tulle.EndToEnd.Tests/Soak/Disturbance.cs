using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>What goes on around the traffic: rules change twice a second, replicas come and go, applications are killed.</summary>
internal sealed class Disturbance(SoakMesh mesh, CancellationToken stop)
{
    private static readonly TimeSpan ChangePeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan KillPeriod = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan ReplacePeriod = TimeSpan.FromSeconds(11);
    private static readonly string[] Victims = ["user-service-v1", "talker", "lines", "user-service-v2", "sockets"];
    private static readonly string[] Replaced = ["user-service-v1", "talker", "lines"];

    private readonly HashSet<string> _errors = [];

    public int Changes { get; private set; }

    public int Kills { get; private set; }

    public int Replacements { get; private set; }

    /// <summary>What kubectl could not do, each once.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public Task RunAsync() => Task.WhenAll(
        EveryAsync(ChangePeriod, ChangeAsync),
        EveryAsync(KillPeriod, () =>
        {
            // With signal 9: what is in flight there is lost, and says why.
            IReadOnlyList<MeshReplica> replicas = mesh.Mesh.Replicas(Victims[Kills++ % Victims.Length]);
            if (replicas[0].AppPid > 0) RunningProcess.SendTo(replicas[0].AppPid, Signal.Kill);
            return Task.CompletedTask;
        }),
        EveryAsync(ReplacePeriod, () => KubectlAsync("delete", "pod", mesh.Mesh.Replicas(Replaced[Replacements++ % Replaced.Length])[^1].Pod, "--wait=false")));

    private async Task ChangeAsync()
    {
        int step = Changes++;
        string file = mesh.Mesh.Write("change.yaml", step % 2 == 0 ? Rule(step) : Policy(step));
        await KubectlAsync("apply", "-f", file);
    }

    private static string Rule(int step) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: user-service }
        spec:
          hosts: [user-service]
          http:
          - match: [{ headers: { version: { exact: v{{step % 3}} } } }]
            route: [{ destination: { host: user-service-v2 } }]
          - route:
            - { destination: { host: user-service-v1 }, weight: {{10 + step % 80}} }
            - { destination: { host: user-service-v2 }, weight: {{90 - step % 80}} }
            timeout: {{2 + step % 5}}s
            retries: { attempts: {{1 + step % 3}}, perTryTimeout: 1s }
        """;

    private static string Policy(int step) => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: user-service-v1 }
        spec:
          host: user-service-v1
          trafficPolicy:
            connectionPool: { tcp: { maxConnections: {{200 + step % 50}} }, http: { http1MaxPendingRequests: {{200 + step % 50}} } }
            outlierDetection: { consecutive5xxErrors: {{5 + step % 5}}, interval: 2s, baseEjectionTime: 2s, maxEjectionPercent: 50 }
        """;

    private async Task KubectlAsync(params string[] arguments)
    {
        CommandResult result = await mesh.Mesh.Kubectl.TryAsync(arguments);
        if (result.ExitCode != 0) _errors.Add(result.Error.Trim());
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> act)
    {
        using PeriodicTimer timer = new(period);
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await act();
        }
        catch (OperationCanceledException)
        {
        }
    }
}
