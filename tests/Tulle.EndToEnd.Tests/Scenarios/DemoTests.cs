using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>The first thing anyone runs: <c>tulle demo</c>.</summary>
public sealed partial class DemoTests
{
    [Fact]
    public async Task Demo_ForAWhile_IsAllMutualTls_AndLeavesNothingRunning()
    {
        using TemporaryFolder folder = new();
        string home = folder.PathOf("home");
        Dictionary<string, string?> variables = new() { ["TULLE_HOME"] = home, ["KUBECONFIG"] = null };
        // Sidecars listen for each other at port 80 of their pods' addresses; no application listens there.
        await using PacketCapture capture = await PacketCapture.StartAsync("tcp port 80 and net 127.0.0.0/8 and not (src host 127.0.0.1 and dst host 127.0.0.1)");
        await using RunningProcess demo = RunningProcess.Start(
            RepositoryFolder.Executable("tulle"), ["demo", "--duration", "20s"], variables, folder.Path);
        await demo.WaitForTextAsync("everything is ready", TimeSpan.FromSeconds(90));

        JsonNode state = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(home, "state.json")))!;
        int block = state["octet"]!.GetValue<int>();
        JsonObject replicas = state["replicas"]!.AsObject();
        Assert.True(replicas.Count >= 16, $"{replicas.Count} replicas");
        using HttpClient http = new();
        await Eventually.TrueAsync(
            async () =>
            {
                int secured = 0;
                foreach ((_, JsonNode? replica) in replicas)
                {
                    string metrics = await http.GetStringAsync($"http://{replica!["address"]!.GetValue<string>()}:15020/metrics");
                    Assert.DoesNotMatch(PlainOutbound(), metrics);
                    secured += SecuredInbound().IsMatch(metrics) ? 1 : 0;
                }
                return secured >= 15;
            },
            Eventually.Patience, "fifteen sidecars have received requests over mutual TLS", demo.Show);

        await TracesAsync(variables, folder.Path);

        Assert.True(await demo.WaitForExitAsync(TimeSpan.FromSeconds(90)) == 0, demo.Show());
        foreach ((string pod, JsonNode? replica) in replicas)
        {
            foreach (string process in new[] { "app", "proxy" })
            {
                int pid = replica![process]!["pid"]!.GetValue<int>();
                Assert.False(RunningProcess.IsAlive(pid), $"the {process} of {pod} (pid {pid}) still runs");
            }
        }
        Assert.False(File.Exists(Path.Combine(home, "lock")), "the lock is left behind");

        // Other meshes may run on this machine; this one's addresses are 127.BLOCK.x.y.
        CapturedSegment[] segments = [.. (await capture.StopAsync()).Where(s => IsOwn(s.Source) || IsOwn(s.Destination))];
        Assert.True(segments.Count(s => PacketCapture.IsTlsApplicationData(s.Payload.Span)) > 500, $"{segments.Length} segments");
        Assert.All(segments, s => Assert.False(
            PacketCapture.Contains(s.Payload.Span, "HTTP/1.1") || PacketCapture.Contains(s.Payload.Span, "tulle-error"),
            $"plaintext from {s.Source} to {s.Destination}"));

        bool IsOwn(IPEndPoint end) => end.Port == 80 && end.Address.GetAddressBytes()[1] == block;
    }

    /// <summary>The services in C#, Node.js and Python all pass the context on.</summary>
    private static async Task TracesAsync(Dictionary<string, string?> variables, string folder)
    {
        string[] paths = [];
        await Eventually.TrueAsync(
            async () =>
            {
                CommandResult list = await RunningProcess.RunAsync(RepositoryFolder.Executable("tulle"), ["trace", "-A", "--limit", "1000", "-o", "json"], TimeSpan.FromSeconds(30), variables, folder);
                paths = [.. (list.ExitCode == 0 ? JsonNode.Parse(list.Output)!.AsArray() : []).Where(trace => (bool)trace!["complete"]!)
                    .Select(trace => string.Join(' ', trace!["services"]!.AsArray().Select(service => (string)service!["name"]!)))];
                return paths.Any(path => Has(path, "frontend", "recommendations", "catalog", "pricing")) && paths.Any(path => Has(path, "frontend", "reviews", "user-service"));
            },
            Eventually.Patience, "traces go through services in every language", () => string.Join('\n', paths));

        static bool Has(string path, params string[] services) => services.All(service => path.Split(' ').Contains(service));
    }

    [GeneratedRegex(@"(?m)^request_total\{[^}]*direction=""inbound"",tls=""true"",client_id=""spiffe://[^}]*\} [1-9]")]
    private static partial Regex SecuredInbound();

    [GeneratedRegex(@"(?m)^request_total\{[^}]*direction=""outbound"",tls=""false""[^}]*dst_service=""[a-z][^}]*\} [1-9]")]
    private static partial Regex PlainOutbound();
}
