namespace Tulle.Proxy.Forwarding;

/// <summary>
/// The deadlines of one exchange; a strand has one timer, which is set to the nearest. Milliseconds of the loop's clock; 0 means
/// none. A mutable struct: keep it in a field.
/// </summary>
internal struct Deadlines
{
    /// <summary>Of the whole request with all its attempts, until the response is complete.</summary>
    public long RequestMs;

    /// <summary>Of a place in a queue for a connection.</summary>
    public long QueueMs;

    /// <summary>Of the connection that is being made.</summary>
    public long ConnectMs;

    /// <summary>Of the attempt under way, until its response begins.</summary>
    public long TryMs;

    /// <summary>Of the response's head.</summary>
    public long ResponseMs;

    /// <summary>Of the whole exchange, also while the response is relayed.</summary>
    public long StreamMs;

    /// <summary>Not a deadline but a time to go on: the end of a back-off or of a delay that a route injects.</summary>
    public long WakeMs;

    /// <summary>Not a deadline either: when a client that has ended its side is asked whether it is still there.</summary>
    public long AskMs;

    /// <summary>How long nothing may move in either direction.</summary>
    public int IdleMs;

    /// <summary>The route set <see cref="IdleMs"/>; otherwise it is the proxy's own.</summary>
    public bool IdleIsRoutes;

    private long _idleAtMs;

    public void Clear() => this = default;

    /// <summary>The idle time is not counted until something moves.</summary>
    public void StopIdle() => _idleAtMs = 0;

    /// <summary>Something moved.</summary>
    public void Touch(long nowMs) => _idleAtMs = nowMs + IdleMs;

    /// <summary>The response began: another attempt is out of the question, and so is to ask the client anything.</summary>
    public void OnResponse() => TryMs = ResponseMs = AskMs = 0;

    /// <summary>The proxy answers itself: all that counts from here on is how long the client takes for it.</summary>
    public void OnAnswer(long untilMs)
    {
        Clear();
        StreamMs = untilMs;
    }

    /// <summary>When to look again.</summary>
    public readonly long NextMs => Math.Min(
        Math.Min(Math.Min(Math.Min(Or(RequestMs), Or(TryMs)), Math.Min(Or(ResponseMs), Or(StreamMs))), Or(AskMs)),
        Math.Min(Math.Min(Or(ConnectMs), Or(WakeMs)), Math.Min(Or(QueueMs), Or(_idleAtMs))));

    /// <summary>What has passed; None when nothing has.</summary>
    public readonly MeshError Due(long nowMs)
    {
        if (nowMs >= Or(RequestMs)) return MeshError.RouteTimeout;
        if (nowMs >= Or(StreamMs)) return MeshError.StreamTooLong;
        if (nowMs >= Or(ResponseMs)) return MeshError.ResponseTimeout;
        if (nowMs >= Or(TryMs)) return MeshError.PerTryTimeout;
        if (nowMs >= Or(ConnectMs)) return MeshError.ConnectTimeout;
        if (nowMs >= Or(QueueMs)) return MeshError.QueueTimeout;
        if (nowMs >= Or(_idleAtMs)) return IdleIsRoutes ? MeshError.StreamIdle : MeshError.UpstreamTimeout;
        return MeshError.None;
    }

    private static long Or(long ms) => ms == 0 ? long.MaxValue : ms;
}
