using Microsoft.Data.Sqlite;

namespace Tulle.ApiServer.Storage;

/// <summary>
/// The SQLite file: its tables and how it is opened. The write-ahead log lets readers see a snapshot while the one writer
/// works; <c>synchronous=FULL</c> puts every commit on the disk before it is acknowledged, so that neither kill -9 nor a
/// power cut loses an answered write.
/// </summary>
internal sealed class Database(string path)
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS objects(
            grp TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            uid TEXT NOT NULL, version INTEGER NOT NULL, deleting INTEGER NOT NULL, json BLOB NOT NULL,
            PRIMARY KEY(grp, plural, namespace, name)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS objects_by_uid ON objects(uid);
        CREATE INDEX IF NOT EXISTS objects_by_namespace ON objects(namespace);
        CREATE TABLE IF NOT EXISTS owners(
            owner TEXT NOT NULL, grp TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            PRIMARY KEY(owner, grp, plural, namespace, name)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS owners_by_object ON owners(grp, plural, namespace, name);
        CREATE TABLE IF NOT EXISTS changes(
            revision INTEGER PRIMARY KEY, type INTEGER NOT NULL,
            grp TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
            json BLOB NOT NULL, previous BLOB);
        CREATE INDEX IF NOT EXISTS changes_by_resource ON changes(grp, plural, revision);
        """;

    private readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString();

    /// <summary>Makes the file (readable by its owner only) and its tables where they are missing.</summary>
    /// <exception cref="SqliteException">The file is damaged or no database.</exception>
    public void Prepare()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows())
        {
            // SQLite gives the log files beside it the mode of the database itself.
            using var created = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = ownerOnly,
            });
            File.SetUnixFileMode(path, ownerOnly);
        }
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL;" + Tables;
        command.ExecuteNonQuery();
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA cache_size=-1024;";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Closes the pooled connections, so that the file can be moved or removed.</summary>
    public void Close()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
