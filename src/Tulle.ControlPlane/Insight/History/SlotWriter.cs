using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Writes slots through SQLite's own interface: that of ADO.NET makes 2 KB of garbage for each, and thousands are written every ten seconds. Belongs to
/// the thread that holds the connection.
/// </summary>
internal sealed class SlotWriter : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    /// <exception cref="SqliteException">There is no such table.</exception>
    public SlotWriter(SqliteConnection connection)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, "INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?)", out _statement), raw.SQLITE_OK);
    }

    /// <exception cref="SqliteException">It could not be written.</exception>
    public void Write(int step, long bucket, long series, long second, ReadOnlySpan<byte> slot)
    {
        raw.sqlite3_bind_int64(_statement, 1, step);
        raw.sqlite3_bind_int64(_statement, 2, bucket);
        raw.sqlite3_bind_int64(_statement, 3, series);
        raw.sqlite3_bind_int64(_statement, 4, second);
        raw.sqlite3_bind_blob(_statement, 5, slot);
        int result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        Check(result, raw.SQLITE_DONE);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result, int expected)
    {
        if (result != expected) throw new SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), result);
    }
}
