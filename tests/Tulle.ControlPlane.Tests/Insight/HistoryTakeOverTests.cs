using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>Files of before, in which each slot of each series had a row of its own.</summary>
public sealed class HistoryTakeOverTests : IDisposable
{
    private const string Series = """
        CREATE TABLE series(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, workload TEXT NOT NULL, direction INTEGER NOT NULL,
            peer_identity TEXT NOT NULL, peer_workload TEXT NOT NULL, service_namespace TEXT NOT NULL, service TEXT NOT NULL,
            route TEXT NOT NULL, tls INTEGER NOT NULL);
        INSERT INTO series VALUES (7, 'default', 'deployment/users', 1, '', '', 'default', 'users', '', 0), (90, 'default', 'deployment/users', 1, '', '', 'default', 'users', 'r', 0);
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(1_200_000) };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("CREATE TABLE slots(series INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(series, step, time)) WITHOUT ROWID", "slots(series, step, time, data)", false)]
    [InlineData(
        "CREATE TABLE points(step INTEGER NOT NULL, bucket INTEGER NOT NULL, series INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(step, bucket, series, time)) WITHOUT ROWID; CREATE TABLE seen(series INTEGER PRIMARY KEY, time INTEGER NOT NULL); CREATE TABLE filling(part INTEGER PRIMARY KEY, data BLOB NOT NULL)",
        "points(series, step, time, data, bucket)", true)]
    public async Task File_OfBefore_IsTakenOver(string table, string columns, bool later)
    {
        string path = _folder.PathOf("history.db");
        byte[] slot = [9, 7, 2, 0, 10, 20, (byte)LatencyBuckets.IndexOf(1_000), 4, 3, 5];
        using (SqliteConnection old = DatabaseFile.Open(path, $"{Series}{table}"))
        {
            foreach (int series in (int[])[7, 90])
            {
                // A minute whose slots of ten seconds are gone, and ten seconds of a minute that is not complete.
                foreach ((int step, long second) in ((int, long)[])[(60, 1_100_040), (10, 1_199_940)])
                    old.Execute($"INSERT INTO {columns} VALUES ($1, $2, $3, $4{(later ? $", {second / (6 * step)}" : "")})", series, step, second, slot);
            }
            if (later) old.Execute("INSERT INTO filling VALUES (0, $1)", (byte[])[7, .. Leb128Of(1_199_950), (byte)slot.Length, .. slot]);
        }
        ulong recent = later ? 27ul : 18ul;
        for (int run = 0; run < 2; run++)
        {
            await using var store = new HistoryStore(path, _clock, NullLogger<HistoryStore>.Instance);
            Assert.Equal((2, 1_100_040), (store.SeriesCount, store.Since));
            var hour = new TrafficTotals();
            store.AddTo(_ => [hour], 1_196_400, 1_200_001);
            Assert.Equal((recent, recent / 9 * 7, recent / 9 * 2), (hour.Requests, hour.Successes, hour.Failures));
            Assert.InRange(hour.LatencyMs(0.1), 0.9, 1.1);
            var week = new TrafficTotals();
            store.AddTo(_ => [week], 1_200_001 - 604_800, 1_200_001);
            Assert.Equal(recent + 18, week.Requests);
        }
        Assert.False(File.Exists($"{path}.new"));
    }

    private static byte[] Leb128Of(ulong number)
    {
        byte[] bytes = new byte[Leb128.MaxLength];
        return bytes[..Leb128.Write(bytes, number)];
    }
}
