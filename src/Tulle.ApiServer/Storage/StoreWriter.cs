using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Storage;

/// <summary>
/// The one writer: a thread that takes all writes that wait, applies them in one transaction (one flush to disk for all of
/// them), and then answers them and tells the watchers.
/// </summary>
internal sealed class StoreWriter : IAsyncDisposable
{
    // Enough to share a flush among a burst, few enough that the first of them does not wait for long.
    private const int MaxBatch = 128;

    private readonly Database _database;
    private readonly ChangeHub _hub;
    private readonly int _keptChanges;
    private readonly BlockingCollection<Pending> _queue;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StoreWriter(Database database, ChangeHub hub, StoreLimits limits)
    {
        _database = database;
        _hub = hub;
        _keptChanges = limits.KeptChanges;
        _queue = new BlockingCollection<Pending>(limits.PendingWrites);
        _thread = new Thread(Run) { Name = "tulle-store-writer", IsBackground = true };
        _thread.Start();
    }

    public Task<WriteResult> EnqueueAsync(WriteOperation operation)
    {
        var pending = new Pending(operation, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_queue.IsAddingCompleted) throw ApiErrors.TooManyRequests("the server is stopping");
        if (!_queue.TryAdd(pending)) throw ApiErrors.TooManyRequests("too many writes are waiting; try again in a moment");
        return pending.Completion.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _stopped.Task;
        _queue.Dispose();
    }

    private void Run()
    {
        using SqliteConnection connection = _database.Open();
        var batch = new List<Pending>(MaxBatch);
        foreach (Pending first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out Pending? next)) batch.Add(next);
            Commit(connection, batch);
            batch.Clear();
        }
        _stopped.SetResult();
    }

    private void Commit(SqliteConnection connection, List<Pending> batch)
    {
        var results = new List<WriteResult>(batch.Count);
        var changes = new List<StoreChange>(batch.Count);
        try
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            long revision = connection.Revision();
            foreach (Pending pending in batch)
            {
                WriteResult result = Apply(connection, pending.Operation, revision + 1, out StoreChange? change);
                results.Add(result);
                if (change is null) continue;
                changes.Add(change);
                revision = change.Revision;
            }
            if (changes.Count > 0) connection.SetRevision(revision, _keptChanges);
            transaction.Commit();
        }
        catch (Exception e)
        {
            // Nothing of the batch was committed: a full disk, say. Everyone is told, and the next batch tries anew.
            foreach (Pending pending in batch) pending.Completion.SetException(ApiErrors.Internal(Why(e)));
            return;
        }
        _hub.Publish(changes);
        for (int i = 0; i < batch.Count; i++) batch[i].Completion.SetResult(results[i]);
    }

    internal static string Why(Exception e) => e is SqliteException { SqliteErrorCode: raw.SQLITE_FULL }
        ? "the disk that holds the mesh's state is full, so nothing was changed; make room on it and try again"
        : $"the database refused the write: {e.Message}";

    private static WriteResult Apply(SqliteConnection connection, WriteOperation operation, long revision, out StoreChange? change)
    {
        change = null;
        StoredObject? current = connection.ReadObject(operation.Key);
        if (operation.ExpectedVersion == 0 && current is not null) return new WriteResult(WriteOutcome.AlreadyExists, null);
        bool mustExist = operation.Value is null || operation.ExpectedVersion > 0;
        if (mustExist && current is null) return new WriteResult(WriteOutcome.NotFound, null);
        if (operation.ExpectedVersion is > 0 and long expected && current!.Version != expected) return new WriteResult(WriteOutcome.Conflict, null);
        if (operation.CheckNamespace && NamespaceProblem(connection, operation.Key.Namespace) is { } problem) return new WriteResult(problem, null);

        JsonObject value = operation.Value ?? ObjectEncoding.Decode(current!.Json);
        value.Metadata()["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] json = ObjectEncoding.Encode(value);
        ChangeType type = operation.Value is null ? ChangeType.Deleted : current is null ? ChangeType.Added : ChangeType.Modified;
        connection.ClearOwners(operation.Key);
        if (operation.Value is null) connection.Remove(operation.Key);
        else connection.Put(operation.Key, value, revision, json);
        change = new StoreChange(revision, type, operation.Key, json, current?.Json);
        connection.Append(change);
        return new WriteResult(WriteOutcome.Done, new StoredObject(operation.Key, revision, json));
    }

    private static WriteOutcome? NamespaceProblem(SqliteConnection connection, string ns) =>
        connection.Scalar("SELECT deleting FROM objects WHERE grp = '' AND plural = 'namespaces' AND namespace = '' AND name = $1", ns) switch
        {
            null => WriteOutcome.NamespaceNotFound,
            0L => null,
            _ => WriteOutcome.NamespaceTerminating,
        };

    private sealed record Pending(WriteOperation Operation, TaskCompletionSource<WriteResult> Completion);
}
