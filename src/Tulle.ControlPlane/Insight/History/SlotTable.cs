using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>Receives a <see cref="SlotBlock"/> of a second, which is valid until it returns.</summary>
internal delegate void BlockReader(long second, long block, ReadOnlySpan<byte> bytes);

/// <summary>
/// The blocks of all slots of one length, in the order of time: what is written comes last, what is forgotten lies together. Through SQLite's own interface,
/// since that of ADO.NET makes 2 KB of garbage for each. Belongs to the thread that holds the connection.
/// </summary>
internal sealed class SlotTable : IDisposable
{
    /// <summary>Bits of a key that number a block; the number of its slot is above them.</summary>
    private const int BlockBits = 24;

    /// <summary>The last block that there can be.</summary>
    public const long LastBlock = (1 << BlockBits) - 1;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _write, _read, _forget, _first, _last;
    private long _newest;

    /// <param name="connection">Of the file.</param>
    /// <param name="step">Seconds of a slot.</param>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    public SlotTable(SqliteConnection connection, int step)
    {
        Step = step;
        string name = $"slots{step}";
        connection.Execute($"CREATE TABLE IF NOT EXISTS {name}(id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
        _database = connection.Handle!;
        _write = Prepare($"INSERT OR REPLACE INTO {name} VALUES (?, ?)");
        _read = Prepare($"SELECT id, data FROM {name} WHERE id >= ? AND id < ?");
        _forget = Prepare($"DELETE FROM {name} WHERE id < ?");
        _first = Prepare($"SELECT MIN(id) FROM {name} WHERE id >= ?");
        _last = Prepare($"SELECT MAX(id) FROM {name} WHERE id >= ?");
        _newest = Number(_last, 0) ?? -1;
    }

    /// <summary>Seconds of a slot.</summary>
    public int Step { get; }

    /// <summary>Second of the oldest slot of any series; null when there is none.</summary>
    public long? First => FirstFrom(0);

    /// <summary>Second of the newest slot of any series; null when there is none.</summary>
    public long? Last => Number(_last, 0) is { } key ? SecondOf(key) : null;

    /// <summary>Second of the oldest slot from a second on; null when there is none.</summary>
    public long? FirstFrom(long second) => Number(_first, KeyOf(second, 0)) is { } key ? SecondOf(key) : null;

    /// <summary>The beginning of the slot of a second.</summary>
    public long Floor(long second) => second - second % Step;

    /// <summary>The beginning of the first slot that begins at a second or later.</summary>
    public long Ceiling(long second) => Floor(second + Step - 1);

    /// <summary>Writes a block together with what there is of it, and empties it.</summary>
    public void Write(long second, long block, SlotBlock slots)
    {
        if (KeyOf(second, block) <= _newest) Read(second, second + Step, block, block, (_, _, bytes) => slots.Add(bytes));
        Replace(second, block, slots);
    }

    /// <summary>Writes a block instead of what there is of it, and empties it.</summary>
    /// <exception cref="SqliteException">It could not be written.</exception>
    public void Replace(long second, long block, SlotBlock slots)
    {
        long key = KeyOf(second, block);
        Check(raw.sqlite3_bind_int64(_write, 1, key));
        Check(raw.sqlite3_bind_blob(_write, 2, slots.Take()));
        Run(_write);
        _newest = Math.Max(_newest, key);
    }

    /// <summary>Hands out the blocks of a time whose slots begin in it, in the order of time.</summary>
    /// <param name="from">The first second.</param>
    /// <param name="until">The second after the last.</param>
    /// <param name="firstBlock">Of each slot.</param>
    /// <param name="lastBlock">Of each slot.</param>
    /// <param name="take">Must not use the table.</param>
    public void Read(long from, long until, long firstBlock, long lastBlock, BlockReader take)
    {
        if (firstBlock == 0 && lastBlock == LastBlock)
        {
            ReadKeys(KeyOf(Ceiling(from), 0), KeyOf(Ceiling(until), 0), take);
            return;
        }
        for (long second = Ceiling(from); second < until; second += Step) ReadKeys(KeyOf(second, firstBlock), KeyOf(second, lastBlock) + 1, take);
    }

    /// <summary>Forgets what lies wholly before a second.</summary>
    /// <returns>Blocks.</returns>
    public int Forget(long before)
    {
        Check(raw.sqlite3_bind_int64(_forget, 1, KeyOf(before, 0)));
        Run(_forget);
        return raw.sqlite3_changes(_database);
    }

    public void Dispose()
    {
        foreach (sqlite3_stmt statement in (sqlite3_stmt[])[_write, _read, _forget, _first, _last]) statement.Dispose();
    }

    private void ReadKeys(long from, long until, BlockReader take)
    {
        Check(raw.sqlite3_bind_int64(_read, 1, from));
        Check(raw.sqlite3_bind_int64(_read, 2, until));
        try
        {
            int result;
            while ((result = raw.sqlite3_step(_read)) == raw.SQLITE_ROW)
            {
                long key = raw.sqlite3_column_int64(_read, 0);
                take(SecondOf(key), key & LastBlock, raw.sqlite3_column_blob(_read, 1));
            }
            Check(result, raw.SQLITE_DONE);
        }
        finally
        {
            raw.sqlite3_reset(_read);
        }
    }

    private long KeyOf(long second, long block) => (second / Step << BlockBits) | block;

    private long SecondOf(long key) => (key >> BlockBits) * Step;

    private sqlite3_stmt Prepare(string text)
    {
        Check(raw.sqlite3_prepare_v2(_database, text, out sqlite3_stmt statement));
        return statement;
    }

    private long? Number(sqlite3_stmt statement, long from)
    {
        Check(raw.sqlite3_bind_int64(statement, 1, from));
        int result = raw.sqlite3_step(statement);
        long? number = result == raw.SQLITE_ROW && raw.sqlite3_column_type(statement, 0) != raw.SQLITE_NULL ? raw.sqlite3_column_int64(statement, 0) : null;
        raw.sqlite3_reset(statement);
        Check(result, raw.SQLITE_ROW);
        return number;
    }

    private void Run(sqlite3_stmt statement)
    {
        int result = raw.sqlite3_step(statement);
        raw.sqlite3_reset(statement);
        Check(result, raw.SQLITE_DONE);
    }

    private void Check(int result, int expected = raw.SQLITE_OK)
    {
        if (result != expected) throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result);
    }
}
