using System.Text.Json.Nodes;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Storage;

public sealed class ObjectStoreTests : IAsyncLifetime
{
    private static readonly ResourceType ConfigMaps = new("", "configmaps");

    private readonly TemporaryFolder _folder = new();
    private ObjectStore _store = null!;

    private string DatabasePath => Path.Combine(_folder.Path, "store.db");

    public ValueTask InitializeAsync()
    {
        _store = new ObjectStore(DatabasePath, new StoreLimits { KeptChanges = 20, WatchBuffer = 4 });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Open_NewFile_IsReadableByOwnerOnly()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabasePath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabasePath + "-wal"));
    }

    [Fact]
    public async Task Write_ExpectedVersionIsOld_IsConflict()
    {
        WriteResult first = await PutAsync("a", 0);
        WriteResult second = await PutAsync("a", first.Object!.Version);
        Assert.Equal(WriteOutcome.Done, second.Outcome);
        Assert.Equal(WriteOutcome.Conflict, (await PutAsync("a", first.Object.Version)).Outcome);
        Assert.Equal(WriteOutcome.AlreadyExists, (await PutAsync("a", 0)).Outcome);
        Assert.Equal(WriteOutcome.NotFound, (await PutAsync("b", 7)).Outcome);
    }

    [Fact]
    public async Task Write_ManyAtOnce_GiveEveryOneItsOwnRevisionInOrder()
    {
        WriteResult[] results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => PutAsync($"n{i}", 0)));
        Assert.Equal(200, results.Select(result => result.Object!.Version).Distinct().Count());
        Assert.Equal(_store.Revision(), results.Max(result => result.Object!.Version));
    }

    [Fact]
    public async Task List_AtPastRevision_ShowsThePast()
    {
        await PutAsync("a", 0);
        WriteResult b = await PutAsync("b", 0);
        long revision = b.Object!.Version;
        await PutAsync("a", revision - 1, "changed");
        await _store.WriteAsync(new WriteOperation(Key("b"), null, null));
        await PutAsync("c", 0);

        StoreList past = _store.List(new StoreQuery(ConfigMaps, null, Revision: revision))!;
        Assert.Equal(["a", "b"], past.Items.Select(item => item.Key.Name));
        Assert.Equal("1", ObjectEncoding.Decode(past.Items[0].Json)["data"]!["value"]!.GetValue<string>());
        Assert.Equal(["a", "c"], _store.List(new StoreQuery(ConfigMaps, null))!.Items.Select(item => item.Key.Name));
    }

    [Fact]
    public async Task ChangesAfter_CompactedRevision_IsNull()
    {
        await PutAsync("a", 0);
        for (int i = 0; i < 60; i++) await PutAsync("a", null);
        Assert.Null(_store.ChangesAfter(ConfigMaps, null, 1));
        Assert.Null(_store.ChangesAfter(ConfigMaps, null, _store.Revision() + 1));
        Assert.Equal(10, _store.ChangesAfter(ConfigMaps, null, _store.Revision() - 10)!.Count);
        Assert.Null(_store.List(new StoreQuery(ConfigMaps, null, Revision: 1)));
    }

    [Fact]
    public async Task Subscription_NotRead_IsCutOffAtItsBound()
    {
        using ChangeSubscription slow = _store.Changes.Subscribe(ConfigMaps, null);
        for (int i = 0; i < 10; i++) await PutAsync($"n{i}", 0);
        int read = 0;
        while (slow.Reader.TryRead(out _)) read++;
        Assert.Equal(4, read);
        Assert.False(await slow.Reader.WaitToReadAsync());
        Assert.Equal(0, _store.Changes.Count);
    }

    [Fact]
    public async Task Write_OneNamespaceOnly_IsSeenByItsWatchers()
    {
        using ChangeSubscription other = _store.Changes.Subscribe(ConfigMaps, "other");
        using ChangeSubscription own = _store.Changes.Subscribe(ConfigMaps, "default");
        await PutAsync("a", 0);
        Assert.True(own.Reader.TryRead(out StoreChange? change));
        Assert.Equal(ChangeType.Added, change.Type);
        Assert.False(other.Reader.TryRead(out _));
    }

    private static ResourceKey Key(string name) => new("", "configmaps", "default", name);

    private Task<WriteResult> PutAsync(string name, long? expected, string value = "1") =>
        _store.WriteAsync(new WriteOperation(Key(name), (JsonObject)JsonNode.Parse(Samples.ConfigMap(name, value))!, expected));
}
