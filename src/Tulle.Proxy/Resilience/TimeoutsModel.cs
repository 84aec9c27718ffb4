using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>A route's timeouts in microseconds; 0: none. Immutable; any thread.</summary>
internal sealed class TimeoutsModel
{
    // Ten days: longer than any request, and far from overflow when added to the clock.
    private const long MaxMs = 10L * 24 * 3600 * 1000;

    /// <summary>None of its own: the proxy's idle timeout is what ends a silent exchange.</summary>
    public static TimeoutsModel None { get; } = new();

    /// <summary>The whole request with all its tries, until the response is complete.</summary>
    public long RequestMicros { get; private init; }

    /// <summary>Until the response's head, for each try.</summary>
    public long ResponseMicros { get; private init; }

    /// <summary>Nothing moved in either direction; 0: the proxy's own.</summary>
    public long IdleMicros { get; private init; }

    /// <summary>The longest life of a stream, also after its response began.</summary>
    public long StreamMicros { get; private init; }

    public static TimeoutsModel Compile(Timeouts? timeouts) => timeouts is null
        ? None
        : new TimeoutsModel
        {
            RequestMicros = Micros(timeouts.RequestMs),
            ResponseMicros = Micros(timeouts.ResponseMs),
            IdleMicros = Micros(timeouts.IdleMs),
            StreamMicros = Micros(timeouts.StreamMs),
        };

    /// <summary>
    /// How long a request may take: its own <c>grpc-timeout</c>, never more than the route allows; 0: for ever.
    /// </summary>
    public long RequestLimit(long grpcTimeoutMicros)
    {
        if (grpcTimeoutMicros <= 0) return RequestMicros;
        return RequestMicros == 0 ? Math.Min(grpcTimeoutMicros, MaxMs * 1_000) : Math.Min(RequestMicros, grpcTimeoutMicros);
    }

    private static long Micros(long ms) => Math.Clamp(ms, 0, MaxMs) * 1_000;
}
