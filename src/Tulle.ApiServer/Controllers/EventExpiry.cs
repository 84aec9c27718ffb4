using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tables;

namespace Tulle.ApiServer.Controllers;

/// <summary>Removes Events that are old, or too many: they tell of a moment, and would be what fills the database.</summary>
internal sealed class EventExpiry(ObjectStore store, ResourceRegistry registry, ObjectRemover remover, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>How long an Event is kept after it last happened: kube-apiserver's <c>--event-ttl</c>.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(1);

    /// <summary>Most Events; the oldest give way.</summary>
    public const int MaxEvents = 2_000;

    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private Task _running = Task.CompletedTask;
    private long _kept, _displaced;

    /// <summary>Events there were after the last sweep.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>Events that went before their time, because there were too many.</summary>
    public long Displaced => Interlocked.Read(ref _displaced);

    public void Start() => _running = Task.Run(RunAsync, CancellationToken.None);

    public Task StoppedAsync() => _running;

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do await SweepAsync();
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task SweepAsync()
    {
        var scope = new WriteScope(registry.Find("", "events")!, "v1", null);
        DateTimeOffset now = clock.GetUtcNow();
        (StoredObject Object, DateTimeOffset Last)[] events =
            [.. store.List(new StoreQuery(new ResourceType("", "events"), null))!.Items.Select(item => (item, LastOf(item, now))).OrderByDescending(item => item.Item2)];
        Interlocked.Exchange(ref _kept, events.Length);
        for (int i = 0; i < events.Length; i++)
        {
            bool old = now - events[i].Last > Age;
            if (i < MaxEvents && !old) continue;
            try
            {
                await remover.DeleteAsync(scope with { Namespace = events[i].Object.Key.Namespace }, events[i].Object.Key.Name, DeleteOptions.Default);
                Interlocked.Decrement(ref _kept);
                if (!old) Interlocked.Increment(ref _displaced);
            }
            catch (ApiException)
            {
                // Somebody was faster, or the disk is full; the next sweep tries again.
            }
        }
    }

    private static DateTimeOffset LastOf(StoredObject item, DateTimeOffset now) => EventTable.LastSeen(ObjectEncoding.Decode(item.Json), now);
}
