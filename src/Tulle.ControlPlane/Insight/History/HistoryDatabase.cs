using Microsoft.Data.Sqlite;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>The SQLite file of the history. One connection; not thread-safe.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    // Pages that blocks of 64 busy series leave little of empty, and that can be given back to the disk; and a log of 4 MB of them.
    private const string Form = "PRAGMA page_size=16384;PRAGMA auto_vacuum=INCREMENTAL;PRAGMA wal_autocheckpoint=256;";

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS series(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, workload TEXT NOT NULL, direction INTEGER NOT NULL,
            peer_identity TEXT NOT NULL, peer_workload TEXT NOT NULL, service_namespace TEXT NOT NULL, service TEXT NOT NULL,
            route TEXT NOT NULL, tls INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS seen(series INTEGER PRIMARY KEY, time INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS filling(part INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS forgotten(step INTEGER PRIMARY KEY, until INTEGER NOT NULL);
        """;

    private readonly SqliteConnection _connection;

    // Run for every series: to parse its text each time would cost more than what it does.
    private readonly SqliteCommand _seen;

    /// <summary>Opens the file, or makes it, readable by its owner only.</summary>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryDatabase(string path)
    {
        _connection = DatabaseFile.Open(path, Tables, Form);
        _seen = _connection.Prepare("INSERT OR REPLACE INTO seen VALUES ($1, $2)", 2);
        (Tens, Minutes, Hours) = (new SlotTable(_connection, HistoryStore.FineStep), new SlotTable(_connection, HistoryStore.CoarseStep), new SlotTable(_connection, HistoryStore.HourStep));
    }

    /// <summary>What was counted, in slots of ten seconds.</summary>
    public SlotTable Tens { get; }

    /// <summary>The sums of <see cref="Tens"/>.</summary>
    public SlotTable Minutes { get; }

    /// <summary>The sums of <see cref="Minutes"/>.</summary>
    public SlotTable Hours { get; }

    /// <summary>Bytes of the file.</summary>
    public long Bytes => Pragma("page_count") * Pragma("page_size");

    /// <summary>Bytes of the file that hold nothing, and are written to first.</summary>
    public long FreeBytes => Pragma("freelist_count") * Pragma("page_size");

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

    /// <summary>The second before which slots of a length were forgotten although they were not too old; 0 when none were.</summary>
    public long ForgottenUntil(int step)
    {
        using SqliteCommand command = _connection.Command("SELECT until FROM forgotten WHERE step = $1", step);
        return command.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Notes <see cref="ForgottenUntil"/>.</summary>
    public void NoteForgotten(int step, long until) => _connection.Execute("INSERT OR REPLACE INTO forgotten VALUES ($1, $2)", step, until);

    /// <summary>Begins a transaction that its caller ends.</summary>
    public SqliteTransaction Begin() => _connection.BeginTransaction();

    /// <summary>Makes changes in one transaction.</summary>
    public void Commit(Action changes)
    {
        using SqliteTransaction transaction = Begin();
        try
        {
            _seen.Transaction = transaction;
            changes();
            transaction.Commit();
        }
        finally
        {
            _seen.Transaction = null;
        }
    }

    /// <summary>Gives free bytes back to the disk, so many at most.</summary>
    public void Shrink(long bytes)
    {
        using SqliteCommand command = _connection.Command($"PRAGMA incremental_vacuum({bytes / Pragma("page_size")})");
        using SqliteDataReader reader = command.ExecuteReader();
        // It frees a page each time that it is asked for a row.
        while (reader.Read()) { }
    }

    public void Dispose()
    {
        _seen.Dispose();
        foreach (SlotTable table in (SlotTable[])[Tens, Minutes, Hours]) table.Dispose();
        _connection.Dispose();
    }

    private long Pragma(string name)
    {
        using SqliteCommand command = _connection.Command($"PRAGMA {name}");
        return command.ExecuteScalar() as long? ?? 0;
    }
}
