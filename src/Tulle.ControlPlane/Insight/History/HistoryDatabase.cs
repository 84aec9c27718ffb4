using Microsoft.Data.Sqlite;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// The SQLite file of the history. Slots lie in buckets of six, so that those that are written together lie together: in the order of their
/// series alone each of them would have a page of its own to be rewritten. One connection; not thread-safe.
/// </summary>
internal sealed class HistoryDatabase : IDisposable
{
    /// <summary>Slots of a series that lie beside each other.</summary>
    private const int BucketSlots = 6;

    /// <summary>Bytes of a slot that are encoded on the stack; all but the strangest.</summary>
    private const int Usual = 1024;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS series(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, workload TEXT NOT NULL, direction INTEGER NOT NULL,
            peer_identity TEXT NOT NULL, peer_workload TEXT NOT NULL, service_namespace TEXT NOT NULL, service TEXT NOT NULL,
            route TEXT NOT NULL, tls INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS seen(series INTEGER PRIMARY KEY, time INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS points(
            step INTEGER NOT NULL, bucket INTEGER NOT NULL, series INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY(step, bucket, series, time)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS filling(part INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """;

    private readonly SqliteConnection _connection;

    // Run for every series: to parse their text each time would cost more than what they do.
    private readonly SqliteCommand _read, _seen;
    private readonly SqliteCommand[] _prepared;
    private readonly SlotWriter _writer;

    /// <summary>Opens the file, or makes it, readable by its owner only.</summary>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryDatabase(string path)
    {
        _connection = DatabaseFile.Open(path, Tables);
        _writer = new SlotWriter(_connection);
        _seen = _connection.Prepare("INSERT OR REPLACE INTO seen VALUES ($1, $2)", 2);
        _read = _connection.Prepare(
            """
            WITH RECURSIVE buckets(b) AS (SELECT $1 UNION ALL SELECT b + 1 FROM buckets WHERE b < $2)
            SELECT time, data FROM buckets CROSS JOIN points ON step = $3 AND bucket = b AND series = $4 WHERE time >= $5 AND time < $6
            """, 6);
        _prepared = [_read, _seen];
        TakeOver();
    }

    /// <summary>Every series, with its number and the second of its newest traffic as far as that was noted; 0 where it was not.</summary>
    public IReadOnlyList<(long Number, HistoryId Id, long LastSecond)> Series()
    {
        using SqliteCommand command = _connection.Command("""
            SELECT id, namespace, workload, direction, peer_identity, peer_workload, service_namespace, service, route, tls, ifnull(time, 0)
            FROM series LEFT JOIN seen ON seen.series = id
            """);
        using SqliteDataReader reader = command.ExecuteReader();
        var all = new List<(long, HistoryId, long)>();
        while (reader.Read())
        {
            var series = new SeriesId(
                (Direction)reader.GetInt32(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7),
                Backend: "", reader.GetString(8), reader.GetInt32(9) != 0);
            all.Add((reader.GetInt64(0), new HistoryId(reader.GetString(1), reader.GetString(2), series), reader.GetInt64(10)));
        }
        return all;
    }

    public void AddSeries(long number, HistoryId id) => _connection.Execute(
        "INSERT OR REPLACE INTO series VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        number, id.Namespace, id.Workload, (int)id.Series.Direction, id.Series.PeerIdentity, id.Series.PeerWorkload,
        id.Series.ServiceNamespace, id.Series.ServiceName, id.Series.Route, id.Series.Tls ? 1 : 0);

    /// <summary>Forgets the name of a series. Its slots are too old by then, and forgotten like all of their time.</summary>
    public void RemoveSeries(long number)
    {
        _connection.Execute("DELETE FROM series WHERE id = $1", number);
        _connection.Execute("DELETE FROM seen WHERE series = $1", number);
    }

    /// <summary>Notes when a series had its newest traffic.</summary>
    public void Saw(long series, long second)
    {
        _seen.Set(series, second);
        _seen.ExecuteNonQuery();
    }

    /// <summary>Slots of a series from a second on, until before another. Use <see cref="Within"/> for a time that may be longer than what there is.</summary>
    public IReadOnlyList<TrafficSlot> Slots(long series, int step, long from, long until)
    {
        var slots = new List<TrafficSlot>();
        if (from >= until) return slots;
        _read.Set(Bucket(step, from), Bucket(step, until - 1), step, series, from, until);
        using SqliteDataReader reader = _read.ExecuteReader();
        while (reader.Read()) slots.Add(SlotEncoding.Decode(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return slots;
    }

    /// <summary>A time without what is before the first and after the last bucket that there is.</summary>
    public (long From, long Until) Within(int step, long from, long until)
    {
        long first = Number("SELECT MIN(bucket) FROM points WHERE step = $1", step) ?? 0;
        long last = Number("SELECT MAX(bucket) FROM points WHERE step = $1", step) ?? -1;
        return (Math.Max(from, first * step * BucketSlots), Math.Min(until, (last + 1) * step * BucketSlots));
    }

    /// <summary>Second of the newest slot of any series; null when there is none.</summary>
    public long? LastSlot(int step) => Number("SELECT MAX(time) FROM points WHERE step = $1 AND bucket = (SELECT MAX(bucket) FROM points WHERE step = $1)", step);

    /// <summary>Second of the oldest slot of any series; null when there is none.</summary>
    public long? FirstSlot(int step) => Number("SELECT MIN(time) FROM points WHERE step = $1 AND bucket = (SELECT MIN(bucket) FROM points WHERE step = $1)", step);

    public void Write(long series, int step, TrafficSlot slot)
    {
        int longest = SlotEncoding.MaxLength(slot.Indices.Length);
        Span<byte> bytes = longest <= Usual ? stackalloc byte[longest] : new byte[longest];
        _writer.Write(step, Bucket(step, slot.Second), series, slot.Second, bytes[..SlotEncoding.Encode(slot, bytes)]);
    }

    /// <summary>Forgets what lies wholly before a second.</summary>
    public void Forget(int step, long before) => _connection.Execute("DELETE FROM points WHERE step = $1 AND bucket < $2", step, Bucket(step, before));

    /// <summary>Keeps the slots that still fill instead of those kept before, for a run that ends without a word.</summary>
    public void KeepFilling(IReadOnlyList<byte[]> parts)
    {
        _connection.Execute("DELETE FROM filling");
        for (int i = 0; i < parts.Count; i++) _connection.Execute("INSERT INTO filling VALUES ($1, $2)", i, parts[i]);
    }

    /// <summary>What <see cref="KeepFilling"/> kept last.</summary>
    public IReadOnlyList<byte[]> Filling()
    {
        using SqliteCommand command = _connection.Command("SELECT data FROM filling ORDER BY part");
        using SqliteDataReader reader = command.ExecuteReader();
        var parts = new List<byte[]>();
        while (reader.Read()) parts.Add(reader.GetFieldValue<byte[]>(0));
        return parts;
    }

    /// <summary>Makes changes in one transaction.</summary>
    public void Commit(Action changes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        try
        {
            foreach (SqliteCommand command in _prepared) command.Transaction = transaction;
            changes();
            transaction.Commit();
        }
        finally
        {
            foreach (SqliteCommand command in _prepared) command.Transaction = null;
        }
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared) command.Dispose();
        _writer.Dispose();
        _connection.Dispose();
    }

    private static long Bucket(int step, long second) => second / (step * BucketSlots);

    private long? Number(string text, int step)
    {
        using SqliteCommand command = _connection.Command(text, step);
        return command.ExecuteScalar() as long?;
    }

    /// <summary>Takes over a file whose slots lie in the order of their series, as they did until 0.1.</summary>
    private void TakeOver()
    {
        using (SqliteCommand old = _connection.Command("SELECT 1 FROM sqlite_master WHERE name = 'slots'"))
        {
            if (old.ExecuteScalar() is null) return;
        }
        Commit(() => _connection.Execute($"""
            INSERT OR IGNORE INTO points SELECT step, time / (step * {BucketSlots}), series, time, data FROM slots ORDER BY 1, 2, 3, 4;
            INSERT OR IGNORE INTO seen SELECT series, MAX(time) FROM slots GROUP BY series;
            DROP TABLE slots
            """));
    }
}
