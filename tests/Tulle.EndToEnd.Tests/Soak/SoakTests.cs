using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>
/// Everything at once for a while: memory and descriptors stay flat, and every failure that a client sees has a reason that
/// the mesh has counted. TULLE_SOAK_MINUTES says how long (default 1); bench/soak/run.sh runs it alone.
/// </summary>
public sealed partial class SoakTests
{
    private const long AllowedGrowth = 4_000_000;
    private const int AllowedDescriptors = 40;

    [Fact]
    public async Task Soak_MixedTraffic_ChangesAndKills_NothingLeaks_AndEveryFailureHasAReason()
    {
        TimeSpan length = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("TULLE_SOAK_MINUTES") ?? "1", CultureInfo.InvariantCulture));
        await using SoakMesh mesh = new();
        await mesh.Mesh.StartAsync();
        using CancellationTokenSource stop = new();
        Ledger ledger = new();
        Disturbance disturbance = new(mesh, stop.Token);
        Footprint client = new("client's sidecar", mesh.Client.ProxyPid), plane = new("tulle up", mesh.Mesh.Up.Id);
        // A replica that is never replaced, though its application is killed.
        Footprint server = new("server's sidecar", mesh.Mesh.Replicas("user-service-v1")[0].ProxyPid);

        Task work = Task.WhenAll(new SoakClients(ledger, mesh, stop.Token).RunAsync(), disturbance.RunAsync());
        long started = Stopwatch.GetTimestamp();
        using (PeriodicTimer second = new(TimeSpan.FromSeconds(1)))
        {
            while (Stopwatch.GetElapsedTime(started) < length && await second.WaitForNextTickAsync())
            {
                foreach (Footprint footprint in new[] { client, server, plane }) footprint.Sample();
            }
        }
        await stop.CancelAsync();
        await work;

        IReadOnlyDictionary<string, long> counted = await CountedAsync(mesh);
        string report = Report(length, ledger, disturbance, counted, [client, server, plane]);
        if (Environment.GetEnvironmentVariable("TULLE_SOAK_REPORT") is { } file) await File.WriteAllTextAsync(file, report);
        Assert.True(ledger.Done > length.TotalSeconds * 50, report);
        AssertExplained(ledger, counted, report);
        foreach (Footprint footprint in new[] { client, server })
        {
            (long earlyRss, long lateRss, int earlyDescriptors, int lateDescriptors) = footprint.Trend();
            Assert.True(lateRss - earlyRss < AllowedGrowth && lateDescriptors - earlyDescriptors < AllowedDescriptors, report);
        }
        Assert.True(disturbance.Errors.Count == 0 && mesh.Client.ProxyPid > 0, report);
    }

    private static void AssertExplained(Ledger ledger, IReadOnlyDictionary<string, long> counted, string report)
    {
        // A stream whose application is killed leaves nothing but its end. Whatever is answered has a reason, and the mesh counted each;
        // it may have counted more, since a retry hides what it could mend. Nothing hangs and nothing is answered wrongly.
        foreach (IGrouping<string, (string Kind, string Reason, long Count)> failures in ledger.Failures.Where(f => f.Reason != Ledger.StreamEnded).GroupBy(f => f.Reason))
        {
            long seen = failures.Sum(f => f.Count);
            Assert.True(counted.GetValueOrDefault(failures.Key) >= seen, $"{seen} exchanges failed with '{failures.Key}', which the mesh counted {counted.GetValueOrDefault(failures.Key)} times\n{report}");
        }
        Assert.True(ledger.Failed < ledger.Done / 50, report);
    }

    /// <summary>Errors that the sidecars counted, by reason, over all of them.</summary>
    private static async Task<IReadOnlyDictionary<string, long>> CountedAsync(SoakMesh mesh)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
        Dictionary<string, long> counted = [];
        foreach (MeshReplica replica in mesh.Mesh.Replicas())
        {
            string metrics;
            try
            {
                metrics = await http.GetStringAsync(new Uri($"{replica.Admin}/metrics"));
            }
            catch (HttpRequestException)
            {
                continue;
            }
            foreach (Match match in MeshErrors().Matches(metrics))
            {
                string reason = match.Groups[1].Value;
                counted[reason] = counted.GetValueOrDefault(reason) + long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            }
        }
        return counted;
    }

    private static string Report(TimeSpan length, Ledger ledger, Disturbance disturbance, IReadOnlyDictionary<string, long> counted, Footprint[] footprints)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"{length.TotalMinutes:0.#} minutes: {ledger.Done} exchanges, {ledger.Failed} failed; {disturbance.Changes} changes, {disturbance.Kills} applications killed, {disturbance.Replacements} replicas replaced");
        text.AppendLine(CultureInfo.InvariantCulture, $"exchanges: {string.Join(", ", ledger.ByKind.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Key} {k.Value}"))}");
        foreach ((string kind, string reason, long count) in ledger.Failures) text.AppendLine(CultureInfo.InvariantCulture, $"  {kind} failed: {reason} × {count}");
        text.AppendLine(CultureInfo.InvariantCulture, $"counted by the sidecars that still run: {string.Join(", ", counted.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value}"))}");
        foreach (Footprint footprint in footprints) text.AppendLine(footprint.ToString());
        foreach (string error in disturbance.Errors) text.AppendLine(CultureInfo.InvariantCulture, $"kubectl: {error}");
        return text.ToString();
    }

    [GeneratedRegex(@"(?m)^mesh_errors_total\{[^}]*reason=""([^""]*)""[^}]*\} (\d+)$")]
    private static partial Regex MeshErrors();
}
