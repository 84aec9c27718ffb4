using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Pooling;

namespace Tulle.Proxy.Mirroring;

/// <summary>Sends mirrored requests, one after the other, and throws their responses away. Pooled: it waits for the next one.</summary>
internal sealed class MirrorSession(Worker worker, MirrorDownstream downstream) : HttpSession(worker, null, downstream)
{
    // Nobody waits for the answer; a server that does not give one must not hold a place for ever.
    private const int MaxMs = 30_000;

    private Candidate? _target;
    private bool _begun;

    /// <summary>What it sends.</summary>
    public MirrorDownstream Request { get; } = downstream;

    protected override bool SpeaksHttp2 => _target is { State.Model.IsMeshed: true } ? Request.IsHttp2 : Request.Backend.Protocol switch
    {
        Protocol.Protocol.Http1 => false,
        Protocol.Protocol.Http2 => true,
        _ => Request.IsHttp2,
    };

    protected override AccessLogModel? AccessLogFormat => null;

    protected override void Describe(ref AccessLogEntry entry) => entry.UpstreamHost = _target?.State.Model.Key ?? "";

    protected override Step Route(out MeshError error)
    {
        error = MeshError.None;
        _target = null;
        Exchange.Deadlines.StreamMs = Loop.NowMs + MaxMs;
        return Step.Done;
    }

    protected override bool IsFailure(int status) => status >= 500;

    protected override EndpointPool? PickEndpoint()
    {
        BackendState backend = Request.Backend;
        _target = backend.Pick(default, out _);
        Exchange.Series = _target is null ? backend.SeriesWithoutEndpoint : backend.Series(_target.State, -1);
        if (_target is null) return null;
        _target.State.Begin();
        _begun = true;
        return backend.PoolOf(_target);
    }

    protected override void DropEndpoint() => OnAttemptEnded(failed: true);

    protected override bool HasEndpoints => Request.Backend.HasEndpoints;

    protected override void OnConnected() => _target?.State.OnConnected();

    protected override void OnAttemptEnded(bool failed)
    {
        if (!_begun) return;
        _begun = false;
        // What a mirror takes, or fails at, says nothing about the requests that somebody waits for.
        _target!.State.EndWithoutSample();
    }
}
