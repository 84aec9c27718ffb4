using Microsoft.Data.Sqlite;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// A SQLite file of what was seen: readable by its owner only, and not flushed at every commit, since after a power cut the last seconds
/// may be missing, never more.
/// </summary>
internal static class DatabaseFile
{
    // SQLite's result codes for a file that is damaged, or no database. A full or busy disk is neither.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">Null for one that lives in memory.</param>
    /// <param name="tables">SQL that makes what is not there.</param>
    /// <param name="form">SQL that a file begins with; one that exists keeps its own form.</param>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static SqliteConnection Open(string? path, string tables, string form = "")
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (path is not null && !OperatingSystem.IsWindows())
        {
            // SQLite gives the log files beside it the mode of the database itself.
            using var created = new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = ownerOnly });
            File.SetUnixFileMode(path, ownerOnly);
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path ?? ":memory:", Pooling = false }.ToString());
        try
        {
            connection.Open();
            connection.Execute($"{form}PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000; PRAGMA cache_size=-2048; PRAGMA journal_size_limit=1048576;{tables}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens what keeps its things in a file; a damaged one is put aside as <c>.damaged</c> and begun anew, since nothing depends on it.</summary>
    /// <param name="onDamaged">Hears about it.</param>
    public static T OpenOrReplace<T>(string? path, Func<T> open, Action<SqliteException> onDamaged)
    {
        try
        {
            return open();
        }
        catch (SqliteException error) when (path is not null && error.SqliteErrorCode is Corrupt or NotADatabase)
        {
            onDamaged(error);
            File.Move(path, path + ".damaged", overwrite: true);
            foreach (string suffix in (string[])["-wal", "-shm"]) File.Delete(path + suffix);
            return open();
        }
    }

    public static void Execute(this SqliteConnection connection, string text, params ReadOnlySpan<object> parameters)
    {
        using SqliteCommand command = connection.Command(text, parameters);
        command.ExecuteNonQuery();
    }

    /// <summary>A command whose parameters are <c>$1</c>, <c>$2</c>, …</summary>
    public static SqliteCommand Command(this SqliteConnection connection, string text, params ReadOnlySpan<object> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < parameters.Length; i++) command.Parameters.AddWithValue($"${i + 1}", parameters[i]);
        return command;
    }

    /// <summary>A command that is run often, whose parameters are <c>$1</c>, <c>$2</c>, …; give them with <see cref="Set"/>.</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string text, int parameters)
    {
        SqliteCommand command = connection.Command(text);
        for (int i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", DBNull.Value));
        command.Prepare();
        return command;
    }

    /// <summary>Gives a prepared command its parameters.</summary>
    public static void Set(this SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (int i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }
}
