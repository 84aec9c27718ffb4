namespace Tulle.Proxy.Balancing;

/// <summary>How long an endpoint that could not be connected to is avoided. Times in microseconds.</summary>
internal struct ConnectBackoff
{
    /// <summary>After the first failure: 100 ms, the lower bound of Linkerd's default back-off.</summary>
    public const long FirstMicros = 100_000;

    /// <summary>At most 10 s, so that a returned endpoint is tried again soon; Linkerd's upper bound for connects is 10 s.</summary>
    public const long LongestMicros = 10_000_000;

    private long _until;
    private long _length;

    /// <summary>True while other endpoints are to be preferred.</summary>
    public readonly bool IsActive(long now) => now < _until;

    /// <summary>A connect failed or timed out.</summary>
    public void OnFailure(long now)
    {
        // Connects that were under way together fail together: they are one piece of news and double once.
        if (IsActive(now)) return;
        _length = _length == 0 ? FirstMicros : Math.Min(_length * 2, LongestMicros);
        _until = now + _length;
    }

    /// <summary>A connect succeeded: the endpoint is as good as any again.</summary>
    public void OnSuccess() => (_until, _length) = (0, 0);
}
