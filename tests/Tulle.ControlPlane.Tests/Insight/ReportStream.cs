using Google.Protobuf;
using Grpc.Core;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>An open report stream of a fake proxy.</summary>
internal sealed class ReportStream(TestProxy proxy) : IDisposable
{
    private readonly AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> _call = proxy.Insight.Report(proxy.Headers);

    /// <summary>Completes when the control plane has taken the stream.</summary>
    public Task ConnectedAsync() => _call.ResponseHeadersAsync.WaitAsync(TestMesh.Patience);

    public Task SendAsync(params TrafficDelta[] deltas)
    {
        var traffic = new TrafficReport();
        traffic.Deltas.AddRange(deltas);
        return _call.RequestStream.WriteAsync(new ProxyReport { Traffic = traffic });
    }

    public Task SendAsync(TapEvent tapEvent) => _call.RequestStream.WriteAsync(new ProxyReport { Tap = new TapEvents { Events = { tapEvent } } });

    public Task SendAsync(HealthReport health) => _call.RequestStream.WriteAsync(new ProxyReport { Health = health });
    /// <param name="dropped">Spans that the proxy says it did not send.</param>
    public Task SendSpansAsync(IEnumerable<ProxySpan> spans, ulong dropped = 0) =>
        _call.RequestStream.WriteAsync(new ProxyReport { Spans = new SpanReport { Spans = { spans }, Dropped = dropped }.ToByteString() });

    public async Task<ProxyCommand> NextAsync()
    {
        using var patience = new CancellationTokenSource(TestMesh.Patience);
        Assert.True(await _call.ResponseStream.MoveNext(patience.Token), "the stream ended");
        return _call.ResponseStream.Current;
    }

    public void Dispose() => _call.Dispose();
}
