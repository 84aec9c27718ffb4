using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Storage;

/// <summary>The statements behind <see cref="ObjectStore"/> and <see cref="StoreWriter"/>.</summary>
internal static class Rows
{
    private const string RevisionKey = "revision";
    private const string CompactedKey = "compacted";

    public static StoredObject? ReadObject(this SqliteConnection connection, ResourceKey key)
    {
        using SqliteCommand command = connection.Command(
            "SELECT version, json FROM objects WHERE grp = $1 AND plural = $2 AND namespace = $3 AND name = $4",
            key.Group, key.Plural, key.Namespace, key.Name);
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? new StoredObject(key, reader.GetInt64(0), reader.Bytes(1)) : null;
    }

    public static IReadOnlyList<ResourceKey> ReadKeys(this SqliteConnection connection, string query, string parameter)
    {
        using SqliteCommand command = connection.Command(query, parameter);
        using SqliteDataReader reader = command.ExecuteReader();
        var keys = new List<ResourceKey>();
        while (reader.Read()) keys.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return keys;
    }

    public static void Put(this SqliteConnection connection, ResourceKey key, JsonObject value, long version, byte[] json)
    {
        connection.Execute(
            """
            INSERT INTO objects(grp, plural, namespace, name, uid, version, deleting, json) VALUES($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT(grp, plural, namespace, name) DO UPDATE
            SET uid = excluded.uid, version = excluded.version, deleting = excluded.deleting, json = excluded.json
            """,
            key.Group, key.Plural, key.Namespace, key.Name, value.Uid(), version, value.IsDeleting() ? 1L : 0L, json);
        foreach (string owner in value.OwnerUids())
        {
            connection.Execute("INSERT OR IGNORE INTO owners(owner, grp, plural, namespace, name) VALUES($1, $2, $3, $4, $5)",
                owner, key.Group, key.Plural, key.Namespace, key.Name);
        }
    }

    public static void Remove(this SqliteConnection connection, ResourceKey key) =>
        connection.Execute("DELETE FROM objects WHERE grp = $1 AND plural = $2 AND namespace = $3 AND name = $4",
            key.Group, key.Plural, key.Namespace, key.Name);

    public static void ClearOwners(this SqliteConnection connection, ResourceKey key) =>
        connection.Execute("DELETE FROM owners WHERE grp = $1 AND plural = $2 AND namespace = $3 AND name = $4",
            key.Group, key.Plural, key.Namespace, key.Name);

    public static void Append(this SqliteConnection connection, StoreChange change) =>
        connection.Execute(
            "INSERT INTO changes(revision, type, grp, plural, namespace, name, json, previous) VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
            change.Revision, (long)change.Type, change.Key.Group, change.Key.Plural, change.Key.Namespace, change.Key.Name,
            change.Json, change.Previous);

    public static long Revision(this SqliteConnection connection) => connection.ReadNumber(RevisionKey);

    /// <summary>The revision up to which changes are gone.</summary>
    public static long Compacted(this SqliteConnection connection) => connection.ReadNumber(CompactedKey);

    /// <summary>Stores the latest revision and drops the changes that are older than the last <paramref name="keptChanges"/>.</summary>
    public static void SetRevision(this SqliteConnection connection, long revision, int keptChanges)
    {
        connection.WriteNumber(RevisionKey, revision);
        // In strides, so that a write seldom pays for it.
        long compacted = connection.Compacted();
        int stride = Math.Max(1, keptChanges / 10);
        if (revision - compacted < keptChanges + stride) return;
        compacted = revision - keptChanges;
        connection.Execute("DELETE FROM changes WHERE revision <= $1", compacted);
        connection.WriteNumber(CompactedKey, compacted);
    }

    private static long ReadNumber(this SqliteConnection connection, string key) =>
        connection.Scalar("SELECT value FROM meta WHERE key = $1", key) is byte[] text
            ? long.Parse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture)
            : 0;

    private static void WriteNumber(this SqliteConnection connection, string key, long value) =>
        connection.Execute("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
            key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
}
