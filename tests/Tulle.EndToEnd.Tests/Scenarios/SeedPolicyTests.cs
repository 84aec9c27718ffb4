using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>
/// The timeouts, retries and breakers of other meshes' documentation, applied as they are: what the caller sees, and what
/// the application received.
/// </summary>
public sealed partial class SeedPolicyTests(EchoMesh echo) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Ten times the decay of the balancer's moving average: the slowest answer of these tests is forgotten.</summary>
    private static readonly TimeSpan BalancerMemory = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { Proxy = new WebProxy(echo.Client.Outbound), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2) }) { Timeout = Patience };
    private readonly HttpClient _direct = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };

    [Fact]
    public async Task VirtualService_TimeoutAndRetries_TwoSecondsATry_FiveInAll_ThreeRetries()
    {
        await WithAsync("virtualservice-timeout-retries", async () =>
        {
            // Three retries of what answers 503, and no fifth try.
            string unavailable = Key();
            Assert.Equal(503, (await SendAsync("/", unavailable, "status=503")).Status);
            Assert.Equal(4, (await SeenAsync(unavailable)).Count);

            // One replica of four is unavailable: no caller notices, since a retry goes to another one.
            string bad = echo.Mesh.Replicas("user-service-v1")[0].Pod;
            for (int i = 0; i < 20; i++) Assert.Equal(200, (await SendAsync("/", Key(), $"status=503,pod={bad}")).Status);

            // A status that is not listed is the application's own answer.
            string broken = Key();
            Assert.Equal(500, (await SendAsync("/", broken, "status=500")).Status);
            Assert.Single(await SeenAsync(broken));

            // Nothing answers: two seconds, two seconds, and what is left of five.
            string silent = Key();
            CpuWaits waits = CpuWaits.Begin(echo.Mesh.Processes());
            Answer late = await SendAsync("/", silent, "hang");
            Assert.Equal(504, late.Status);
            Assert.InRange(late.Took, TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(6) + waits.SoFar);
            IReadOnlyList<Arrival> tries = await SeenAsync(silent);
            Assert.Equal(3, tries.Count);
            Assert.All(tries.Zip(tries.Skip(1)), pair => Assert.InRange(pair.Second.Millis - pair.First.Millis, 1950, 2700 + waits.SoFar.TotalMilliseconds));

            // One replica is slower than a try may be: the answer comes from another one.
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SendAsync("/", Key(), $"delay=4500,pod={bad}")));
            Assert.All(answers, a => Assert.True(a.Status == 200 && a.Took < TimeSpan.FromSeconds(4.5) + waits.SoFar, $"{a}"));
        });
    }

    [Fact]
    public async Task ServiceProfile_TimeoutAndRetries_FiveSeconds_ThreeRetries_OnItsRouteOnly()
    {
        await WithAsync("serviceprofile-timeout-retries", async () =>
        {
            string failing = Key();
            Assert.Equal(500, (await SendAsync("/users/7", failing, "status=500")).Status);
            Assert.Equal(4, (await SeenAsync(failing)).Count);

            string elsewhere = Key();
            Assert.Equal(500, (await SendAsync("/orders/7", elsewhere, "status=500")).Status);
            Assert.Single(await SeenAsync(elsewhere));

            string post = Key();
            Assert.Equal(500, (await SendAsync("/users/7", post, "status=500", HttpMethod.Post)).Status);
            Assert.Single(await SeenAsync(post));

            string silent = Key();
            CpuWaits waits = CpuWaits.Begin(echo.Mesh.Processes());
            Answer late = await SendAsync("/users/7", silent, "hang");
            Assert.Equal(504, late.Status);
            Assert.InRange(late.Took, TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(6) + waits.SoFar);
        });
    }

    [Fact]
    public async Task ServiceProfile_Routes_OnlyWhatIsRetryableIsRetried()
    {
        await WithAsync("serviceprofile-routes", async () =>
        {
            // Linkerd bounds these by the budget alone: up to ten retries.
            string get = Key();
            await SendAsync("/users/42", get, "status=500");
            Assert.InRange((await SeenAsync(get)).Count, 2, 11);

            string post = Key();
            Assert.Equal(500, (await SendAsync("/users", post, "status=500", HttpMethod.Post)).Status);
            Assert.Single(await SeenAsync(post));

            string metrics = await _direct.GetStringAsync(new Uri($"{echo.Client.Admin}/metrics"));
            Assert.Matches(RetryableRoute(), metrics);
            Assert.Matches(OtherRoute(), metrics);
        });
    }

    [Fact]
    public async Task DestinationRule_CircuitBreaking_HundredConnections_FiftyPending_TwoRequestsEach_FiveErrorsEject()
    {
        await WithAsync("destinationrule-circuit-breaking", async () =>
        {
            // Two requests a connection, by the client's own count.
            (long connections, long requests) before = await OpenedAsync();
            for (int i = 0; i < 40; i++) Assert.Equal(200, (await SendAsync("/", Key(), null)).Status);
            // A client may read a response before the proxy has counted it.
            (long connections, long requests) after = before;
            await Eventually.TrueAsync(async () => (after = await OpenedAsync()).requests - before.requests >= 40, Patience, "forty requests are counted");
            Assert.Equal(40, after.requests - before.requests);
            // One for every two; a few fewer where connections of before are left, and one more for every other loop and endpoint
            // with an odd number of requests. The test at the socket is exact.
            Assert.InRange(after.connections - before.connections, 14, 24);

            // A hundred are served, fifty wait for their connections, fifty are refused at once; it is nothing to them that
            // connections of before are idle at some endpoint or loop.
            string flood = Key();
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => SendAsync("/", flood, "delay=5000")));
            Answer[] refused = [.. answers.Where(a => a.Status == 503)];
            Assert.Equal((150, 50), (answers.Count(a => a.Status == 200), refused.Length));
            TimeSpan served = answers.Where(a => a.Status == 200).Min(a => a.Took);
            Assert.All(refused, a => Assert.True(a.Error == "too-many-pending" && a.Took < served, $"{a}"));
            IReadOnlyList<Arrival> arrived = await SeenAsync(flood);
            Assert.Equal(150, arrived.Count);
            double first = arrived[0].Millis;
            Assert.Equal(100, arrived.Count(a => a.Millis < first + 4900));

            // Five errors in a row take a replica out; the others are asked.
            MeshReplica bad = echo.Mesh.Replicas("user-service-v1")[0];
            string errors = Key();
            await FailUntilEjectedAsync(bad, errors);
            for (int i = 0; i < 100; i++) Assert.Equal(200, (await SendAsync("/", errors, $"status=500,pod={bad.Pod}")).Status);
            Assert.Equal(5, (await SeenAsync(errors)).Count(a => a.Pod == bad.Pod));
        });
    }

    [Fact]
    public async Task DestinationRule_EjectionOfASecond_IsOverAfterIt()
    {
        string file = Path.Combine(Path.GetTempPath(), $"{Key()}.yaml");
        string seed = await File.ReadAllTextAsync(RepositoryFolder.PathOf("samples", "seed", "destinationrule-circuit-breaking.yaml"));
        Assert.Contains("baseEjectionTime: 30s", seed, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, seed.Replace("baseEjectionTime: 30s", "baseEjectionTime: 1s", StringComparison.Ordinal));
        try
        {
            await WithAsync("destinationrule-circuit-breaking", file, async () =>
            {
                MeshReplica bad = echo.Mesh.Replicas("user-service-v1")[0];
                // Five errors in a row, and it is left out; within the second its turn does not come again.
                await FailUntilEjectedAsync(bad, Key());
                long ejected = Stopwatch.GetTimestamp();
                string without = Key();
                while (Stopwatch.GetElapsedTime(ejected) < TimeSpan.FromMilliseconds(500)) await SendAsync("/", without, null);
                Assert.DoesNotContain(await SeenAsync(without), a => a.Pod == bad.Pod);

                // Then it is asked again.
                string again = Key();
                await Eventually.TrueAsync(
                    async () =>
                    {
                        await SendAsync("/", again, null);
                        return (await SeenAsync(again)).Any(a => a.Pod == bad.Pod);
                    },
                    Patience,
                    "the replica is asked again",
                    echo.Mesh.Show);
                Assert.InRange(Stopwatch.GetElapsedTime(ejected), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20));
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _direct.Dispose();
    }

    private static string Key() => Guid.NewGuid().ToString("N");

    private Task WithAsync(string seed, Func<Task> test) => WithAsync(seed, RepositoryFolder.PathOf("samples", "seed", $"{seed}.yaml"), test);

    private async Task WithAsync(string seed, string file, Func<Task> test)
    {
        await echo.SettleAsync();
        await echo.Mesh.Kubectl.RunAsync("apply", "-f", file);
        try
        {
            await Eventually.TrueAsync(() => InForceAsync(seed), Patience, $"{seed} reaches the client's sidecar", echo.Mesh.Show);
            await test();
        }
        finally
        {
            await echo.Mesh.Kubectl.RunAsync("delete", "-f", file);
        }
        await Eventually.TrueAsync(async () => !await InForceAsync(seed), Patience, $"{seed} is forgotten", echo.Mesh.Show);
    }

    private async Task<bool> InForceAsync(string seed)
    {
        string config = await _direct.GetStringAsync(new Uri($"{echo.Client.Admin}/config"));
        return seed.StartsWith("destinationrule", StringComparison.Ordinal)
            ? config.Contains("(maxConnections)", StringComparison.Ordinal)
            : config.Contains(seed.StartsWith("virtual", StringComparison.Ordinal) ? "VirtualService/default/user-service" : "GET /users/{id}", StringComparison.Ordinal);
    }

    private async Task<Answer> SendAsync(string path, string key, string? behave, HttpMethod? method = null)
    {
        using HttpRequestMessage request = new(method ?? HttpMethod.Get, new Uri($"http://user-service{path}"));
        request.Headers.Add("x-key", key);
        if (behave is not null) request.Headers.Add("x-behave", behave);
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _http.SendAsync(request);
        return new Answer((int)response.StatusCode, Header(response, "x-pod"), Header(response, "tulle-error"), Stopwatch.GetElapsedTime(start));
    }

    /// <summary>
    /// Sends until one replica has failed five times. How many requests that takes is the balancer's affair: after slow
    /// answers it may leave the replica aside until the memory of them has faded.
    /// </summary>
    private async Task FailUntilEjectedAsync(MeshReplica bad, string key)
    {
        int failed = 0;
        long start = Stopwatch.GetTimestamp();
        while (failed < 5)
        {
            if ((await SendAsync("/", key, $"status=500,pod={bad.Pod}")).Status == 500) failed++;
            Assert.True(Stopwatch.GetElapsedTime(start) < BalancerMemory, $"{bad.Pod} was asked {failed} times");
        }
    }

    /// <summary>What the replicas received with a key, in order.</summary>
    private async Task<IReadOnlyList<Arrival>> SeenAsync(string key)
    {
        List<Arrival> arrivals = [];
        foreach (MeshReplica replica in (MeshReplica[])[.. echo.Mesh.Replicas("user-service-v1"), .. echo.Mesh.Replicas("user-service-v2")])
        {
            string lines = await _direct.GetStringAsync(new Uri($"http://{replica.Address}:80/seen/{key}"));
            arrivals.AddRange(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => new Arrival(replica.Pod, double.Parse(line.Split(' ')[0]), line)));
        }
        return [.. arrivals.OrderBy(a => a.Millis)];
    }

    /// <summary>Connections that the client's sidecar opened to the service, and requests it sent there.</summary>
    private async Task<(long Connections, long Requests)> OpenedAsync()
    {
        string metrics = await _direct.GetStringAsync(new Uri($"{echo.Client.Admin}/metrics"));
        return (Sum(OpenedConnections(), metrics), Sum(SentRequests(), metrics));

        static long Sum(Regex pattern, string text) => pattern.Matches(text).Sum(match => long.Parse(match.Groups[1].Value));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;

    private sealed record Answer(int Status, string? Pod, string? Error, TimeSpan Took);

    private sealed record Arrival(string Pod, double Millis, string Line);

    [GeneratedRegex(@"(?m)^request_total\{[^}]*route=""GET /users/\{id\}""[^}]*\} [1-9]")]
    private static partial Regex RetryableRoute();

    [GeneratedRegex(@"(?m)^request_total\{[^}]*route=""POST /users""[^}]*\} [1-9]")]
    private static partial Regex OtherRoute();

    [GeneratedRegex(@"(?m)^tcp_open_total\{direction=""outbound""[^}]*dst_service=""user-service""[^}]*\} (\d+)")]
    private static partial Regex OpenedConnections();

    [GeneratedRegex(@"(?m)^request_total\{direction=""outbound""[^}]*dst_service=""user-service""[^}]*\} (\d+)")]
    private static partial Regex SentRequests();
}
