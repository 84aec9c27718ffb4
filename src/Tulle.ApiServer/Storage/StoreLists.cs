using Microsoft.Data.Sqlite;

namespace Tulle.ApiServer.Storage;

/// <summary>Reading many objects inside one snapshot.</summary>
internal static class StoreLists
{
    public static StoreList? Read(SqliteConnection connection, StoreQuery query)
    {
        long now = connection.Revision();
        long revision = query.Revision ?? now;
        if (revision > now || (revision < now && revision < connection.Compacted())) return null;
        IReadOnlyList<StoredObject> objects = ReadCurrent(connection, query);
        if (revision < now) objects = Rewind(connection, query, revision, objects);

        var items = new List<StoredObject>(query.Limit > 0 ? Math.Min(query.Limit, objects.Count) : objects.Count);
        long remaining = 0;
        foreach (StoredObject item in objects)
        {
            if (query.Match is { } match && !match(item)) continue;
            if (query.Limit == 0 || items.Count < query.Limit) items.Add(item);
            else remaining++;
        }
        return new StoreList(items, revision, remaining);
    }

    public static IReadOnlyList<StoreChange>? ReadChanges(SqliteConnection connection, ResourceType type, string? ns, long after)
    {
        if (after < connection.Compacted() || after > connection.Revision()) return null;
        using SqliteCommand command = connection.Command(
            """
            SELECT revision, type, namespace, name, json, previous FROM changes
            WHERE grp = $1 AND plural = $2 AND revision > $3 AND ($4 IS NULL OR namespace = $4) ORDER BY revision
            """, type.Group, type.Plural, after, ns);
        using SqliteDataReader reader = command.ExecuteReader();
        var changes = new List<StoreChange>();
        while (reader.Read())
        {
            var key = new ResourceKey(type.Group, type.Plural, reader.GetString(2), reader.GetString(3));
            changes.Add(new StoreChange(reader.GetInt64(0), (ChangeType)reader.GetInt64(1), key, reader.Bytes(4),
                reader.IsDBNull(5) ? null : reader.Bytes(5)));
        }
        return changes;
    }

    private static List<StoredObject> ReadCurrent(SqliteConnection connection, StoreQuery query)
    {
        using SqliteCommand command = connection.Command(
            """
            SELECT namespace, name, version, json FROM objects
            WHERE grp = $1 AND plural = $2 AND ($3 IS NULL OR namespace = $3) AND (namespace, name) > ($4, $5)
            ORDER BY namespace, name
            """,
            query.Type.Group, query.Type.Plural, query.Namespace, query.After?.Namespace ?? "", query.After?.Name ?? "");
        using SqliteDataReader reader = command.ExecuteReader();
        var objects = new List<StoredObject>();
        while (reader.Read())
        {
            var key = new ResourceKey(query.Type.Group, query.Type.Plural, reader.GetString(0), reader.GetString(1));
            objects.Add(new StoredObject(key, reader.GetInt64(2), reader.Bytes(3)));
        }
        return objects;
    }

    /// <summary>
    /// The objects as they were at an earlier revision: for each key, what stood there before the first change after it.
    /// </summary>
    private static List<StoredObject> Rewind(SqliteConnection connection, StoreQuery query, long revision, IReadOnlyList<StoredObject> now)
    {
        var past = new SortedDictionary<(string, string), StoredObject>(KeyOrder.Instance);
        foreach (StoredObject item in now) past[(item.Key.Namespace, item.Key.Name)] = item;
        var seen = new HashSet<(string, string)>();
        foreach (StoreChange change in ReadChanges(connection, query.Type, query.Namespace, revision) ?? [])
        {
            (string, string) place = (change.Key.Namespace, change.Key.Name);
            if (query.After is { } after && KeyOrder.Instance.Compare(place, after) <= 0) continue;
            if (!seen.Add(place)) continue;
            // The version inside the JSON is what clients see; the one beside it is only for comparing with the present.
            if (change.Previous is null) past.Remove(place);
            else past[place] = new StoredObject(change.Key, 0, change.Previous);
        }
        return [.. past.Values];
    }

    /// <summary>The order of the primary key: bytes, which for the ASCII names of the API is ordinal order.</summary>
    private sealed class KeyOrder : IComparer<(string Namespace, string Name)>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare((string Namespace, string Name) x, (string Namespace, string Name) y)
        {
            int order = string.CompareOrdinal(x.Namespace, y.Namespace);
            return order != 0 ? order : string.CompareOrdinal(x.Name, y.Name);
        }
    }
}
