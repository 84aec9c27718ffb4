using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Selectors;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Views;

namespace Tulle.ApiServer.Verbs;

/// <summary>watch: changes of a resource as they happen, one JSON object a line.</summary>
internal sealed class WatchHandler(ObjectStore store, TimeProvider clock, CancellationToken stopping)
{
    // kube-apiserver ends watches after 30 to 60 minutes, so that clients spread over its replicas; here only the bound matters.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    // As often as kube-apiserver's watch cache sends them.
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    public async Task WatchAsync(ApiRequest request)
    {
        HttpRequest http = request.Http.Request;
        ObjectView view = ObjectView.For(request);
        var selector = ObjectSelector.Of(http, request.Kind, request.Target.Name);
        bool bookmarks = http.Flag("allowWatchBookmarks");
        bool sendInitial = http.Flag("sendInitialEvents");
        long from = http.Number("resourceVersion") ?? 0;
        TimeSpan timeout = http.Number("timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86400)) : DefaultTimeout;

        using var deadline = new CancellationTokenSource(timeout, clock);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, request.Aborted, stopping);
        // Subscribed before the past is read: a change in between is then seen twice, and told once, rather than missed.
        using ChangeSubscription subscription = store.Changes.Subscribe(request.Type, request.Namespace);

        request.Http.Response.ContentType = "application/json";
        PipeWriter writer = request.Http.Response.BodyWriter;
        var stream = new WatchStream(writer, view, selector);
        long last;
        if (from == 0 || sendInitial) last = WritePresent(request, stream, selector, bookmarks && sendInitial);
        else if (WritePast(request, stream, from) is { } caughtUp) last = caughtUp;
        else
        {
            stream.WriteError(ApiErrors.Expired($"too old resource version: {from} (the changes after it are no longer kept); list again"));
            await writer.FlushAsync(request.Aborted);
            return;
        }
        // The head and what is known go out at once, even when there is nothing yet: clients wait for the head.
        await request.Http.Response.StartAsync(ended.Token);
        await writer.FlushAsync(ended.Token);
        try
        {
            await FollowAsync(subscription, stream, writer, last, bookmarks, ended.Token);
        }
        catch (OperationCanceledException) when (!request.Aborted.IsCancellationRequested)
        {
            if (!bookmarks || stopping.IsCancellationRequested) return;
            Drain(subscription, stream, last);
            stream.WriteBookmark(stream.LastRevision, initialEventsEnd: false);
            await writer.FlushAsync(request.Aborted);
        }
    }

    /// <summary>Writes the changes that wait, and takes note of how far everything has been seen.</summary>
    private void Drain(ChangeSubscription subscription, WatchStream stream, long last)
    {
        // Read before the changes are drained, so that a bookmark never runs ahead of what was sent.
        long published = store.Changes.Published;
        while (subscription.Reader.TryRead(out StoreChange? change))
        {
            if (change.Revision > last) stream.WriteChange(change);
        }
        stream.LastRevision = Math.Max(stream.LastRevision, published);
    }

    private long WritePresent(ApiRequest request, WatchStream stream, ObjectSelector selector, bool endBookmark)
    {
        StoreList list = store.List(new StoreQuery(request.Type, request.Namespace, Match: selector.Filter))!;
        foreach (StoredObject item in list.Items) stream.WriteEvent(ChangeType.Added, item.Json);
        if (endBookmark) stream.WriteBookmark(list.Revision, initialEventsEnd: true);
        stream.LastRevision = list.Revision;
        return list.Revision;
    }

    private long? WritePast(ApiRequest request, WatchStream stream, long from)
    {
        IReadOnlyList<StoreChange>? missed = store.ChangesAfter(request.Type, request.Namespace, from);
        if (missed is null) return null;
        stream.LastRevision = from;
        foreach (StoreChange change in missed) stream.WriteChange(change);
        return stream.LastRevision;
    }

    private async Task FollowAsync(
        ChangeSubscription subscription, WatchStream stream, PipeWriter writer, long last, bool bookmarks, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(BookmarkInterval, clock);
        Task<bool> tick = bookmarks ? timer.WaitForNextTickAsync(ended).AsTask() : new TaskCompletionSource<bool>().Task;
        Task<bool> more = subscription.Reader.WaitToReadAsync(ended).AsTask();
        while (true)
        {
            await Task.WhenAny(more, tick);
            ended.ThrowIfCancellationRequested();
            bool open = !more.IsCompleted || await more;
            Drain(subscription, stream, last);
            if (!open)
            {
                stream.WriteError(ApiErrors.Expired("too old resource version: the watch was read more slowly than changes came; list again"));
                await writer.FlushAsync(ended);
                return;
            }
            if (tick.IsCompleted)
            {
                stream.WriteBookmark(stream.LastRevision, initialEventsEnd: false);
                tick = timer.WaitForNextTickAsync(ended).AsTask();
            }
            FlushResult flushed = await writer.FlushAsync(ended);
            if (flushed.IsCompleted) return;
            if (more.IsCompleted) more = subscription.Reader.WaitToReadAsync(ended).AsTask();
        }
    }
}
