using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// What one event loop knows of one endpoint. Shared by every backend and destination on the loop that has the endpoint, so
/// that latency, failures and pooled connections count together. Loop thread only; times in microseconds of the loop's clock.
/// </summary>
internal sealed class EndpointState
{
    private PeakEwma _rtt;
    private ConnectBackoff _backoff;

    internal EndpointState(EndpointModel model, long now)
    {
        Model = model;
        _rtt = new PeakEwma(now);
    }

    /// <summary>As the control plane last described it.</summary>
    public EndpointModel Model { get; internal set; }

    /// <summary>No backend has it any more: requests in flight finish, its connections are not used again.</summary>
    public bool IsRemoved { get; internal set; }

    /// <summary>Requests sent whose response is not complete.</summary>
    public int InFlight { get; private set; }

    /// <summary>What became of the tries at it, for diagnosis.</summary>
    public EndpointCounters Counters { get; } = new();

    /// <summary>Set by the data path, which is told when the endpoint is removed.</summary>
    public IEndpointAttachment? Attachment { get; set; }

    /// <summary>The backends that share it; see <see cref="EndpointTable.Acquire"/>.</summary>
    internal string Group { get; init; } = "";

    /// <summary>How many backends have it; kept by <see cref="EndpointTable"/>.</summary>
    internal int References { get; set; }

    /// <summary>A request or connection was assigned to the endpoint. Pair with one of the End methods.</summary>
    public void Begin() => InFlight++;

    /// <summary>It ended, and the first byte of its response came after that time.</summary>
    public void End(long now, long rttMicros)
    {
        InFlight--;
        _rtt.Observe(now, rttMicros);
    }

    /// <summary>It ended without telling anything about latency: cancelled, or failed to connect.</summary>
    public void EndWithoutSample() => InFlight--;

    /// <summary>A connect failed or timed out: the endpoint is avoided for 100 ms, doubling up to 10 s.</summary>
    public void OnConnectFailed(long now) => _backoff.OnFailure(now);

    /// <summary>A connect succeeded.</summary>
    public void OnConnected() => _backoff.OnSuccess();

    /// <summary>A connect failed recently: only used when no other endpoint is left.</summary>
    public bool IsAvoided(long now) => _backoff.IsActive(now);

    /// <summary>Expected wait in microseconds for one more request: latency × requests that would be in flight.</summary>
    public double Load(long now) => _rtt.At(now) * (InFlight + 1);
}
