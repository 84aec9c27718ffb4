using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Monitoring;
using Tulle.Kubernetes.Events;

namespace Tulle.ControlPlane.Insight.Operation;

/// <summary>The limits of the control plane, of everything that outsiders could make it keep. Thread-safe.</summary>
/// <param name="history">Null when none is kept.</param>
/// <param name="traces">The trace store.</param>
/// <param name="taps">The taps.</param>
/// <param name="sessions">The discovery streams.</param>
/// <param name="counters">What was refused to proxies.</param>
/// <param name="dashboard">The dashboard's connections and streams.</param>
/// <param name="events">Kubernetes Events.</param>
internal sealed class ControlPlaneLimits(HistoryStore? history, TraceStore traces, TapRelay taps, DiscoverySessions sessions, ControlPlaneCounters counters, DashboardActivity dashboard, EventUse events)
{
    public IEnumerable<LimitUse> All()
    {
        if (history is not null)
        {
            yield return new LimitUse("historySeries", HistoryStore.MaxSeries, history.SeriesCount, history.Overflowed);
            yield return new LimitUse("historyBytes", history.Space.Limit, history.Space.Bytes, history.Space.Forgotten);
        }
        yield return new LimitUse("traceSpans", traces.Limits.Spans, traces.SpanCount, traces.DroppedInStore);
        yield return new LimitUse("traceSpansWaiting", traces.Limits.Waiting, traces.WaitingCount, traces.DroppedInQueue);
        yield return new LimitUse("taps", TapRelay.MaxTaps, taps.Count, taps.Refused);
        yield return new LimitUse("subscriptionsOfOneProxy", DiscoverySession.MaxSubscriptions, sessions.MostSubscriptions, counters.SubscriptionsRefused);
        yield return new LimitUse("eventsWaiting", EventRecorder.MaxWaiting, events.Waiting, events.Lost);
        if (events.Store is { } store) yield return new LimitUse("events", store.Limit, store.Kept, store.Displaced);
        if (!dashboard.IsServed) yield break;
        yield return Of("dashboardConnections", dashboard.Connections);
        yield return Of("dashboardStreams", dashboard.Streams);
    }

    private static LimitUse Of(string name, BoundedCount count) => new(name, count.Limit, count.Used, count.Refused);
}
