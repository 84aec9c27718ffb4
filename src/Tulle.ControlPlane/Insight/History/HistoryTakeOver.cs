using Microsoft.Data.Sqlite;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>
/// Writes a file anew in which each slot of each series has a row of its own, as until 0.1: series by series at first, later in the order of time. The new file takes
/// the old one's place when it is complete.
/// </summary>
internal static class HistoryTakeOver
{
    /// <summary>Slots of a transaction: a log of all of them would take the disk as much again.</summary>
    private const int SlotsTogether = 200_000;

    public static void Run(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 }) return;
        string fresh = $"{path}.new";
        using (SqliteConnection old = DatabaseFile.Open(path, ""))
        {
            if (TableOf(old) is not { } table) return;
            foreach (string suffix in (string[])["", "-wal", "-shm"]) File.Delete(fresh + suffix);
            using var database = new HistoryDatabase(fresh);
            Copy(old, table, database);
        }
        File.Move(fresh, path, overwrite: true);
    }

    private static string? TableOf(SqliteConnection old)
    {
        using SqliteCommand command = old.Command("SELECT name FROM sqlite_master WHERE name IN ('slots', 'points')");
        return command.ExecuteScalar() as string;
    }

    private static void Copy(SqliteConnection old, string table, HistoryDatabase database)
    {
        SqliteTransaction transaction = database.Begin();
        Rows(old, "SELECT id, namespace, workload, direction, peer_identity, peer_workload, service_namespace, service, route, tls FROM series", row => database.AddSeries(
            row.GetInt64(0),
            new HistoryId(row.GetString(1), row.GetString(2), new SeriesId(
                (Direction)row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), Backend: "", row.GetString(8), row.GetInt32(9) != 0))));
        var seen = new Dictionary<long, long>();
        var block = new SlotBlock();
        int slots = 0;
        (long Step, long Second, long Block) at = default;
        Rows(old, $"SELECT step, time, series, data FROM {table} ORDER BY step, {(table == "points" ? "bucket, " : "")}time, series", row =>
        {
            (long step, long second, long series) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
            if (at != (step, second, SlotBlock.Of(series))) Write();
            at = (step, second, SlotBlock.Of(series));
            block.Put(series, Decode(second, row.GetFieldValue<byte[]>(3)));
            seen[series] = Math.Max(seen.GetValueOrDefault(series), second);
            if (++slots % SlotsTogether != 0) return;
            Commit();
            transaction = database.Begin();
        });
        Write();
        Commit();
        database.Commit(() =>
        {
            foreach ((long series, long second) in seen) database.Saw(series, second);
            if (table == "points") Rows(old, "SELECT data FROM filling", row => AddFilling(database, block, row.GetFieldValue<byte[]>(0)));
        });

        void Commit()
        {
            transaction.Commit();
            transaction.Dispose();
        }

        void Write()
        {
            if (!block.IsEmpty) (at.Step == HistoryStore.FineStep ? database.Tens : database.Minutes).Write(at.Second, at.Block, block);
        }
    }

    private static void AddFilling(HistoryDatabase database, SlotBlock block, ReadOnlySpan<byte> piece)
    {
        while (piece.Length > 0)
        {
            ulong series = Leb128.Read(ref piece), second = Leb128.Read(ref piece), length = Leb128.Read(ref piece);
            if (length == 0 || length > (ulong)piece.Length) break;
            block.Put((long)series, Decode((long)second, piece[..(int)length]));
            database.Tens.Write((long)second, SlotBlock.Of((long)series), block);
            piece = piece[(int)length..];
        }
    }

    /// <summary>Reads a slot as it was: the successes themselves, and each bucket as the distance to the one before, from 0 on, and the count.</summary>
    private static TrafficSlot Decode(long second, ReadOnlySpan<byte> bytes)
    {
        Span<ulong> counters = stackalloc ulong[6];
        foreach (ref ulong counter in counters) counter = Leb128.Read(ref bytes);
        Span<uint> latency = stackalloc uint[LatencyBuckets.Count];
        latency.Clear();
        ulong index = 0;
        while (bytes.Length > 0)
        {
            index += Leb128.Read(ref bytes);
            ulong count = Leb128.Read(ref bytes);
            if (index >= LatencyBuckets.Count) break;
            latency[(int)index] += (uint)count;
        }
        var slot = new TrafficSlot(second);
        slot.Add(counters[0], counters[1], counters[2], counters[3], counters[4], counters[5], latency);
        return slot;
    }

    private static void Rows(SqliteConnection old, string text, Action<SqliteDataReader> take)
    {
        using SqliteCommand command = old.Command(text);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read()) take(reader);
    }
}
