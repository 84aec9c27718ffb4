using Microsoft.Data.Sqlite;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// The SQLite file of the history. One connection; not thread-safe.
/// </summary>
internal sealed class HistoryDatabase : IDisposable
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS series(
            id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, workload TEXT NOT NULL, direction INTEGER NOT NULL,
            peer_identity TEXT NOT NULL, peer_workload TEXT NOT NULL, service_namespace TEXT NOT NULL, service TEXT NOT NULL,
            route TEXT NOT NULL, tls INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS slots(
            series INTEGER NOT NULL, step INTEGER NOT NULL, time INTEGER NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY(series, step, time)) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _forget;

    /// <summary>Opens the file, or makes it, readable by its owner only.</summary>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public HistoryDatabase(string path)
    {
        _connection = DatabaseFile.Open(path, Tables);
        _write = _connection.Prepare("INSERT OR REPLACE INTO slots VALUES ($1, $2, $3, $4)", 4);
        _forget = _connection.Prepare("DELETE FROM slots WHERE series = $1 AND step = $2 AND time < $3", 3);
    }

    public IReadOnlyList<(long Number, HistoryId Id)> Series()
    {
        using SqliteCommand command = Command("SELECT id, namespace, workload, direction, peer_identity, peer_workload, service_namespace, service, route, tls FROM series");
        using SqliteDataReader reader = command.ExecuteReader();
        var all = new List<(long, HistoryId)>();
        while (reader.Read())
        {
            var series = new SeriesId(
                (Direction)reader.GetInt32(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), reader.GetString(7),
                Backend: "", reader.GetString(8), reader.GetInt32(9) != 0);
            all.Add((reader.GetInt64(0), new HistoryId(reader.GetString(1), reader.GetString(2), series)));
        }
        return all;
    }

    public void AddSeries(long number, HistoryId id) => Execute(
        "INSERT OR REPLACE INTO series VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        number, id.Namespace, id.Workload, (int)id.Series.Direction, id.Series.PeerIdentity, id.Series.PeerWorkload,
        id.Series.ServiceNamespace, id.Series.ServiceName, id.Series.Route, id.Series.Tls ? 1 : 0);

    public void RemoveSeries(long number)
    {
        Execute("DELETE FROM slots WHERE series = $1", number);
        Execute("DELETE FROM series WHERE id = $1", number);
    }

    /// <summary>Slots of a series from a second on, until before another.</summary>
    public IReadOnlyList<TrafficSlot> Slots(long series, int step, long from, long until)
    {
        using SqliteCommand command = Command("SELECT time, data FROM slots WHERE series = $1 AND step = $2 AND time >= $3 AND time < $4", series, step, from, until);
        using SqliteDataReader reader = command.ExecuteReader();
        var slots = new List<TrafficSlot>();
        while (reader.Read()) slots.Add(SlotEncoding.Decode(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return slots;
    }

    /// <summary>Second of the newest slot of a series; 0 when it has none.</summary>
    public long LastSlot(long series, int step) => Second("SELECT MAX(time) FROM slots WHERE series = $1 AND step = $2", series, step);

    /// <summary>Second of the oldest slot of a series; 0 when it has none.</summary>
    public long FirstSlot(long series, int step) => Second("SELECT MIN(time) FROM slots WHERE series = $1 AND step = $2", series, step);

    public void Write(long series, int step, TrafficSlot slot)
    {
        _write.Set(series, step, slot.Second, SlotEncoding.Encode(slot));
        _write.ExecuteNonQuery();
    }

    /// <summary>Forgets the slots of a series before a second.</summary>
    public void Forget(long series, int step, long before)
    {
        _forget.Set(series, step, before);
        _forget.ExecuteNonQuery();
    }

    /// <summary>Makes changes in one transaction.</summary>
    public void Commit(Action changes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        _write.Transaction = _forget.Transaction = transaction;
        changes();
        transaction.Commit();
    }

    public void Dispose()
    {
        _write.Dispose();
        _forget.Dispose();
        _connection.Dispose();
    }

    private long Second(string text, long series, int step)
    {
        using SqliteCommand command = Command(text, series, step);
        return command.ExecuteScalar() is long second ? second : 0;
    }

    private void Execute(string text, params ReadOnlySpan<object> parameters) => _connection.Execute(text, parameters);

    private SqliteCommand Command(string text, params ReadOnlySpan<object> parameters) => _connection.Command(text, parameters);
}
