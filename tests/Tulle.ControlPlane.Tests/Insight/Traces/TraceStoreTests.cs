using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces;

public sealed class TraceStoreTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000) };
    private TraceStore _store;

    public TraceStoreTests() => _store = Open();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Spans_LateAndTwice_AreOneTraceAlsoAfterARestart()
    {
        TraceSpan first = At(1, 0, 0), second = At(2, 1, 0);
        _store.Add(second);
        _store.Flush();
        await _store.DisposeAsync();
        _store = Open();
        _store.Add(first);
        _store.Add(second);
        Assert.Equal([1ul, 2ul], _store.Spans(Trace(0)).Select(span => span.SpanId).Order());
        Assert.Equal((1, 2), (_store.Size().Traces, _store.Size().Spans));
        Assert.Equal(first.Span, _store.Spans(Trace(0)).Single(span => span.SpanId == 1).Span);
    }

    [Fact]
    public void Find_ByEveryParameter_GivesWhatMatches()
    {
        _store.Add(At(1, 0, 0, service: "web", micros: 50_000));
        _store.Add(At(2, 1, 0, service: "users", micros: 40_000, status: 503, route: "GET /users/{id}"));
        _store.Add(At(1, 0, 1, service: "web", micros: 2_000, rule: "virtualservice/default/web#1"));
        _clock.Now += TimeSpan.FromMinutes(10);
        _store.Add(At(1, 0, 2, service: "orders", micros: 500_000));

        Assert.Equal([2, 1, 0], Find(new TraceQuery()));
        Assert.Equal([1, 0], Find(new TraceQuery { Service = "web" }));
        Assert.Equal([0], Find(new TraceQuery { Error = true }));
        Assert.Equal([2, 1], Find(new TraceQuery { Error = false }));
        Assert.Equal([], Find(new TraceQuery { Service = "web", Error = true }));
        Assert.Equal([0], Find(new TraceQuery { Service = "users", Error = true }));
        Assert.Equal([2, 0], Find(new TraceQuery { MinMicros = 30_000 }));
        Assert.Equal([1], Find(new TraceQuery { MaxMicros = 3_000 }));
        Assert.Equal([], Find(new TraceQuery { Service = "users", MinMicros = 45_000 }));
        Assert.Equal([0], Find(new TraceQuery { Status = (500, 599) }));
        Assert.Equal([0], Find(new TraceQuery { Route = "GET /users/{id}" }));
        Assert.Equal([1], Find(new TraceQuery { Route = "virtualservice/default/web#1" }));
        Assert.Equal([0], Find(new TraceQuery { Tags = [("http.response.status_code", "503"), ("url.path", null)] }));
        Assert.Equal([], Find(new TraceQuery { Service = "web", Tags = [("http.response.status_code", "503")] }));
        Assert.Equal([2], Find(new TraceQuery { SinceMicros = _clock.Now.AddMinutes(-5).ToUnixTimeMilliseconds() * 1_000 }));
        Assert.Equal([1, 0], Find(new TraceQuery { UntilMicros = _clock.Now.AddMinutes(-5).ToUnixTimeMilliseconds() * 1_000 }));
        Assert.Equal([], Find(new TraceQuery { Namespace = "other" }));
        (IReadOnlyList<TraceTree> traces, bool more) = _store.Find(new TraceQuery { Limit = 2 });
        Assert.Equal((2, true), (traces.Count, more));
    }

    [Fact]
    public async Task Spans_MoreThanTheLimit_TheOldestTracesGiveWay()
    {
        await using TraceStore store = Open("small.db", new TraceStoreLimits { Spans = 100 });
        for (int i = 0; i < 300; i++) store.Add(At(1, 0, i));
        store.Flush();
        Assert.Equal((100, 100, 200), (store.Size().Traces, store.Size().Spans, store.DroppedInStore));
        Assert.Empty(store.Spans(Trace(199)));
        Assert.Single(store.Spans(Trace(200)));
    }

    [Fact]
    public async Task Bytes_MoreThanTheLimit_TheOldestTracesGiveWay()
    {
        await using TraceStore store = Open("small.db", new TraceStoreLimits { Bytes = 10_000 });
        for (int i = 0; i < 300; i++) store.Add(At(1, 0, i));
        Assert.InRange(store.Size().Bytes, 5_000, 10_000);
        Assert.Equal(300 - store.Size().Spans, store.DroppedInStore);
    }

    [Fact]
    public async Task Spans_TooManyOfOneTrace_AreCounted()
    {
        await using TraceStore store = Open("small.db", new TraceStoreLimits { SpansPerTrace = 5 });
        for (ulong i = 1; i <= 8; i++) store.Add(At(i, 0, 0));
        Assert.Equal(5, store.Spans(Trace(0)).Count);
        Assert.Equal(3, store.DroppedInStore);
    }

    [Fact]
    public async Task Flood_FasterThanItIsWritten_IsCountedAndNotKept()
    {
        // Nothing is written by itself, however long the flood takes.
        await using TraceStore store = TraceStore.Open(_folder.PathOf("flood.db"), new StepClock { HasTimers = false }, NullLogger<TraceStore>.Instance);
        TraceSpan span = At(1, 0, 0);
        for (int i = 0; i < 1_000_000; i++) store.Add(span);
        Assert.Equal(980_000, store.DroppedInQueue);
    }

    [Fact]
    public void Age_AfterSevenDays_IsForgotten()
    {
        _store.Add(At(1, 0, 0));
        _store.Flush();
        _clock.Now += TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1);
        Assert.Equal(0, _store.Size().Traces);
    }

    [Fact]
    public void Write_ThatFails_LosesTheSpansAndGoesOn()
    {
        string path = _folder.PathOf("traces.db");
        using (var other = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            other.Open();
            using SqliteCommand command = other.CreateCommand();
            command.CommandText = "ALTER TABLE spans RENAME TO gone";
            command.ExecuteNonQuery();
            _store.Add(At(1, 0, 0));
            _store.Flush();
            Assert.Equal(1, _store.DroppedInQueue);
            command.CommandText = "ALTER TABLE gone RENAME TO spans";
            command.ExecuteNonQuery();
        }
        _store.Add(At(1, 0, 1));
        Assert.Equal(1, _store.Size().Spans);
    }

    [Fact]
    public async Task File_IsPrivate_AndOneThatIsDamagedBeginsAnew()
    {
        string path = _folder.PathOf("damaged.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), TestContext.Current.CancellationToken);
        await using TraceStore store = TraceStore.Open(path, _clock, NullLogger<TraceStore>.Instance);
        store.Add(At(1, 0, 0));
        Assert.Equal(1, store.Size().Spans);
        Assert.Equal(5000, new FileInfo($"{path}.damaged").Length);
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in (string[])[path, $"{path}-wal"]) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task File_OfAnOlderLayout_BeginsAnew()
    {
        string path = _folder.PathOf("old.db");
        using (var old = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            old.Open();
            using SqliteCommand command = old.CreateCommand();
            command.CommandText = "CREATE TABLE traces(id BLOB PRIMARY KEY, start INTEGER) WITHOUT ROWID; CREATE INDEX traces_by_start ON traces(start); CREATE TABLE spans(trace BLOB); INSERT INTO traces VALUES (x'01', 1)";
            command.ExecuteNonQuery();
        }
        await using TraceStore store = TraceStore.Open(path, _clock, NullLogger<TraceStore>.Instance);
        Assert.Equal(0, store.Size().Traces);
        store.Add(At(1, 0, 0));
        Assert.Equal((1, 1), (store.Size().Traces, store.Size().Spans));
    }

    [Fact]
    public async Task Memory_WithoutAFile_Keeps()
    {
        await using var store = new TraceStore(null, _clock, NullLogger<TraceStore>.Instance);
        store.Add(At(1, 0, 0));
        Assert.Single(store.Spans(Trace(0)));
    }

    private TraceStore Open(string file = "traces.db", TraceStoreLimits? limits = null) => new(_folder.PathOf(file), _clock, NullLogger<TraceStore>.Instance, limits);

    private int[] Find(TraceQuery query) => [.. _store.Find(query).Traces.Select(trace => (int)(trace.Id - Trace(0)))];

    private TraceSpan At(ulong id, ulong parent, int trace, string service = "web", ulong micros = 1_000, uint status = 200, string route = "", string rule = "")
    {
        ProxySpan span = Span(id, parent, Direction.Outbound, trace);
        span.StartMicros = (ulong)_clock.Now.ToUnixTimeMilliseconds() * 1_000 + (ulong)trace;
        (span.DurationMicros, span.Status, span.Failed, span.Route, span.Rule) = (micros, status, status >= 500, route, rule);
        return Kept(span, service);
    }
}
