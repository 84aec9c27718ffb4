using Microsoft.Data.Sqlite;

namespace Tulle.ApiServer.Storage;

/// <summary>
/// All objects, kept in one SQLite file. Reads run on the caller's thread over a snapshot; writes go through one writer, so
/// revisions are total and watchers see every change in order.
/// </summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    private readonly Database _database;
    private readonly StoreWriter _writer;

    public ObjectStore(string path, StoreLimits limits)
    {
        _database = new Database(path);
        _database.Prepare();
        Changes = new ChangeHub(limits.WatchBuffer, Revision());
        _writer = new StoreWriter(_database, Changes, limits);
    }

    /// <summary>Changes as they are committed.</summary>
    public ChangeHub Changes { get; }

    /// <summary>Applies one write when its conditions hold. Done means: on disk.</summary>
    public Task<WriteResult> WriteAsync(WriteOperation operation) => _writer.EnqueueAsync(operation);

    public StoredObject? Get(ResourceKey key)
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadObject(key);
    }

    /// <summary>Lists objects in order of key.</summary>
    /// <param name="query">Which ones.</param>
    /// <returns>The list; null when the revision asked for is compacted away.</returns>
    public StoreList? List(StoreQuery query)
    {
        using SqliteConnection connection = _database.Open();
        using SqliteTransaction snapshot = connection.BeginTransaction(deferred: true);
        return StoreLists.Read(connection, query);
    }

    /// <summary>Changes of a resource after a revision, in order; null when they are compacted away.</summary>
    public IReadOnlyList<StoreChange>? ChangesAfter(ResourceType type, string? ns, long revision)
    {
        using SqliteConnection connection = _database.Open();
        using SqliteTransaction snapshot = connection.BeginTransaction(deferred: true);
        return StoreLists.ReadChanges(connection, type, ns, revision);
    }

    /// <summary>The latest revision.</summary>
    public long Revision()
    {
        using SqliteConnection connection = _database.Open();
        return connection.Revision();
    }

    /// <summary>Objects that name <paramref name="ownerUid"/> as an owner.</summary>
    public IReadOnlyList<ResourceKey> OwnedBy(string ownerUid)
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadKeys("SELECT grp, plural, namespace, name FROM owners WHERE owner = $1", ownerUid);
    }

    /// <summary>Everything inside a namespace.</summary>
    public IReadOnlyList<ResourceKey> InNamespace(string ns)
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadKeys("SELECT grp, plural, namespace, name FROM objects WHERE namespace = $1", ns);
    }

    /// <summary>Every object that names an owner.</summary>
    public IReadOnlyList<ResourceKey> Owned()
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadKeys("SELECT DISTINCT grp, plural, namespace, name FROM owners WHERE owner <> $1", "");
    }

    /// <summary>Every object that is deleted and waits for its finalizers.</summary>
    public IReadOnlyList<ResourceKey> Deleting()
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadKeys("SELECT grp, plural, namespace, name FROM objects WHERE deleting = 1 AND name <> $1", "");
    }

    public StoredObject? FindByUid(string uid)
    {
        using SqliteConnection connection = _database.Open();
        return connection.ReadKeys("SELECT grp, plural, namespace, name FROM objects WHERE uid = $1", uid) is [var key, ..]
            ? connection.ReadObject(key)
            : null;
    }

    /// <summary>A value of the server itself (keys, certificates) that is no object of the API.</summary>
    public byte[]? ReadMeta(string key)
    {
        using SqliteConnection connection = _database.Open();
        return connection.Scalar("SELECT value FROM meta WHERE key = $1", key) as byte[];
    }

    /// <summary>Stores a value of the server itself. Only while the server starts: it competes with the writer for the file.</summary>
    public void WriteMeta(string key, byte[] value)
    {
        using SqliteConnection connection = _database.Open();
        connection.Execute("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value", key, value);
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _database.Close();
    }
}
