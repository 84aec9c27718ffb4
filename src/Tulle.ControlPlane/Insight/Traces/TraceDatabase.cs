using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>The SQLite file of traces. One connection; not thread-safe.</summary>
internal sealed class TraceDatabase : IDisposable
{
    /// <summary>How the tables are laid out; what another layout holds is forgotten: traces are kept for days only.</summary>
    private const int Layout = 2;

    // Traces have numbers in the order they came, so that spans are written side by side and not each into a page of its own.
    private const string Tables = """
        DROP TABLE IF EXISTS spans;
        DROP TABLE IF EXISTS traces;
        CREATE TABLE traces(
            number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, start INTEGER NOT NULL, finish INTEGER NOT NULL, spans INTEGER NOT NULL,
            bytes INTEGER NOT NULL, errors INTEGER NOT NULL, kept INTEGER NOT NULL);
        CREATE INDEX traces_by_start ON traces(start);
        CREATE TABLE spans(
            trace INTEGER NOT NULL, id INTEGER NOT NULL, parent INTEGER NOT NULL, source INTEGER NOT NULL, kept INTEGER NOT NULL,
            namespace TEXT NOT NULL, service TEXT NOT NULL, workload TEXT NOT NULL, pod TEXT NOT NULL, route TEXT NOT NULL,
            rule TEXT NOT NULL, status INTEGER NOT NULL, error INTEGER NOT NULL, start INTEGER NOT NULL, duration INTEGER NOT NULL,
            data BLOB NOT NULL, PRIMARY KEY(trace, id)) WITHOUT ROWID;
        """;

    private readonly SqliteConnection _connection;

    // Run for every span or trace that comes: to parse their text each time would cost more than what they do.
    private readonly SqliteCommand _find, _insertSpan, _upsertTrace, _oldest, _deleteSpans, _deleteTrace;
    private readonly SqliteCommand[] _prepared;
    private long _lastNumber;

    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public TraceDatabase(string? path)
    {
        _connection = DatabaseFile.Open(path, "");
        if (Number("PRAGMA user_version") != Layout) _connection.Execute($"BEGIN;{Tables}PRAGMA user_version = {Layout};COMMIT;");
        _lastNumber = Number("SELECT COALESCE(MAX(number), 0) FROM traces");
        _find = _connection.Prepare("SELECT number, spans FROM traces WHERE id = $1", 1);
        _insertSpan = _connection.Prepare("INSERT OR IGNORE INTO spans VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)", 16);
        _upsertTrace = _connection.Prepare(
            """
            INSERT INTO traces VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT(id) DO UPDATE SET
                start = min(start, excluded.start), finish = max(finish, excluded.finish), spans = spans + excluded.spans, bytes = bytes + excluded.bytes,
                errors = errors + excluded.errors, kept = min(kept, excluded.kept)
            """, 8);
        _oldest = _connection.Prepare("SELECT number, spans, bytes FROM traces WHERE start < $1 ORDER BY start LIMIT 1", 1);
        _deleteSpans = _connection.Prepare("DELETE FROM spans WHERE trace = $1", 1);
        _deleteTrace = _connection.Prepare("DELETE FROM traces WHERE number = $1", 1);
        _prepared = [_find, _insertSpan, _upsertTrace, _oldest, _deleteSpans, _deleteTrace];
    }

    /// <summary>How much there is, and when its first trace began; 0 without.</summary>
    public (long Traces, long Spans, long Bytes, long OldestMicros) Size()
    {
        using SqliteCommand command = _connection.Command("SELECT COUNT(*), COALESCE(SUM(spans), 0), COALESCE(SUM(bytes), 0), COALESCE(MIN(start), 0) FROM traces");
        using SqliteDataReader reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>
    /// Adds spans of one trace, up to a number of them altogether; those that are there already, as after a report that was sent twice,
    /// are left out. Only in <see cref="Commit"/>.
    /// </summary>
    /// <returns>How many were added, how many bytes they have, and how many there was no room for.</returns>
    public (int Added, long Bytes, int Beyond) Add(UInt128 trace, IReadOnlyList<TraceSpan> spans, int limit)
    {
        byte[] id = TraceSpan.Bytes(trace);
        (long number, long known) = Find(id);
        long room = limit - known;
        int added = 0, beyond = 0, errors = 0;
        long bytes = 0, start = long.MaxValue, finish = 0;
        var kept = KeptFor.Application;
        foreach (TraceSpan span in spans)
        {
            if (added >= room)
            {
                beyond++;
                continue;
            }
            byte[] data = span.Span.ToByteArray();
            _insertSpan.Set(
                number, (long)span.SpanId, (long)span.ParentId, (int)span.Source, (int)span.KeptFor, span.Namespace, span.Service, span.Workload,
                span.Pod, span.Route, span.Rule, span.Status, span.IsError ? 1 : 0, span.StartMicros, span.DurationMicros, data);
            if (_insertSpan.ExecuteNonQuery() == 0) continue;
            added++;
            bytes += data.Length;
            errors += span.IsError ? 1 : 0;
            (start, finish) = (Math.Min(start, span.StartMicros), Math.Max(finish, span.StartMicros + span.DurationMicros));
            kept = (KeptFor)Math.Min((int)kept, (int)span.KeptFor);
        }
        if (added == 0) return (0, 0, beyond);
        _upsertTrace.Set(number, id, start, finish, added, bytes, errors, (int)kept);
        _upsertTrace.ExecuteNonQuery();
        _lastNumber = Math.Max(_lastNumber, number);
        return (added, bytes, beyond);
    }

    /// <summary>A trace's number, the next one for a new trace, and how many spans it has.</summary>
    private (long Number, long Spans) Find(byte[] id)
    {
        _find.Set(id);
        using SqliteDataReader reader = _find.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1)) : (_lastNumber + 1, 0);
    }

    /// <summary>Forgets the oldest of the traces that began before some time. Only in <see cref="Commit"/>.</summary>
    /// <returns>How many spans and bytes that was; none when there is no such trace.</returns>
    public (long Spans, long Bytes) RemoveOldest(long beforeMicros = long.MaxValue)
    {
        long number;
        (long Spans, long Bytes) size;
        _oldest.Set(beforeMicros);
        using (SqliteDataReader reader = _oldest.ExecuteReader())
        {
            if (!reader.Read()) return default;
            (number, size) = (reader.GetInt64(0), (reader.GetInt64(1), reader.GetInt64(2)));
        }
        foreach (SqliteCommand command in (ReadOnlySpan<SqliteCommand>)[_deleteSpans, _deleteTrace])
        {
            command.Set(number);
            command.ExecuteNonQuery();
        }
        return size;
    }

    /// <summary>The ids of traces, newest first, as long as they are taken.</summary>
    /// <param name="condition">SQL on <c>t</c> with parameters from <c>$1</c> on.</param>
    public IEnumerable<UInt128> Find(string condition, object[] parameters)
    {
        using SqliteCommand command = _connection.Command($"SELECT t.id FROM traces t WHERE {condition} ORDER BY t.start DESC", parameters);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (TraceSpan.TryReadTraceId(reader.GetFieldValue<byte[]>(0), out UInt128 id)) yield return id;
        }
    }

    /// <summary>All spans of a trace; none when it is not known.</summary>
    public IReadOnlyList<TraceSpan> Spans(UInt128 trace)
    {
        using SqliteCommand command = _connection.Command(
            "SELECT id, parent, source, kept, namespace, service, workload, pod, route, rule, status, data FROM spans WHERE trace = (SELECT number FROM traces WHERE id = $1)", TraceSpan.Bytes(trace));
        using SqliteDataReader reader = command.ExecuteReader();
        var spans = new List<TraceSpan>();
        while (reader.Read())
        {
            spans.Add(new TraceSpan
            {
                TraceId = trace,
                SpanId = (ulong)reader.GetInt64(0),
                ParentId = (ulong)reader.GetInt64(1),
                Source = (SpanSource)reader.GetInt32(2),
                KeptFor = (KeptFor)reader.GetInt32(3),
                Namespace = reader.GetString(4),
                Service = reader.GetString(5),
                Workload = reader.GetString(6),
                Pod = reader.GetString(7),
                Route = reader.GetString(8),
                Rule = reader.GetString(9),
                Status = reader.GetInt32(10),
                Span = Span.Parser.ParseFrom(reader.GetFieldValue<byte[]>(11)),
            });
        }
        return spans;
    }

    /// <summary>Makes changes in one transaction.</summary>
    public void Commit(Action changes)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (SqliteCommand command in _prepared) command.Transaction = transaction;
        changes();
        transaction.Commit();
    }

    private long Number(string query)
    {
        using SqliteCommand command = _connection.Command(query);
        return (long)command.ExecuteScalar()!;
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared) command.Dispose();
        _connection.Dispose();
    }
}
