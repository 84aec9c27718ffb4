using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Takes spans from proxies and applications to the store, and on to whoever else wants them, as far as the tail rules keep them. Thread-safe.</summary>
internal sealed class TraceIntake(TraceStore store, TailRules rules, IWorkloads workloads, IEnumerable<ISpanExporter> exporters, ILogger<TraceIntake> logger)
{
    private readonly ISpanExporter[] _exporters = [.. exporters];
    private long _droppedByProxies;
    private long _droppedByRules;

    /// <summary>Spans that proxies did not send.</summary>
    public long DroppedByProxies => Interlocked.Read(ref _droppedByProxies);

    /// <summary>Spans of traces that the tail rules did not keep.</summary>
    public long DroppedByRules => Interlocked.Read(ref _droppedByRules);

    /// <summary>Takes a report: <see cref="ProxyReport.Spans"/>.</summary>
    public void Add(ProxyId proxy, ByteString report)
    {
        SpanReport spans;
        try
        {
            spans = SpanReport.Parser.ParseFrom(report);
        }
        catch (InvalidProtocolBufferException error)
        {
            TraceLog.Unreadable(logger, error, $"{proxy.Namespace}/{proxy.Pod}");
            return;
        }
        Interlocked.Add(ref _droppedByProxies, (long)spans.Dropped);
        WorkloadPod? pod = workloads.Pods.FirstOrDefault(pod => pod.Proxy == proxy);
        foreach (ProxySpan span in spans.Spans)
        {
            if (ProxySpans.Of(span, pod, proxy) is { } known) Add(known);
        }
    }

    public void Add(TraceSpan span)
    {
        if (!rules.Keeps(span))
        {
            Interlocked.Increment(ref _droppedByRules);
            return;
        }
        store.Add(span);
        foreach (ISpanExporter exporter in _exporters) exporter.Export(span);
    }
}

/// <summary>Takes kept spans somewhere else. Never blocks; drops what it cannot keep, and counts it. Thread-safe.</summary>
internal interface ISpanExporter
{
    void Export(TraceSpan span);
}
