using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// What became of the tries at one endpoint, on one event loop. Only that loop writes; the telemetry thread reads without a
/// lock. Times in microseconds of the loop's clock.
/// </summary>
internal sealed class EndpointCounters
{
    private long _requests;
    private long _successes;
    private long _connectFailures;
    private long _lastErrorMicros;
    private int _lastError;

    /// <summary>Tries that said something about the endpoint.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Tries with a response below 500.</summary>
    public long Successes => Volatile.Read(ref _successes);

    /// <summary>Tries that got no connection: refused, timed out, TLS failed, or somebody else answered.</summary>
    public long ConnectFailures => Volatile.Read(ref _connectFailures);

    /// <summary>When the last try failed; 0: none did.</summary>
    public long LastErrorMicros => Volatile.Read(ref _lastErrorMicros);

    /// <summary>How it failed: a reason as in the tulle-error header, or "status 503"; empty: none did.</summary>
    public string LastError => Volatile.Read(ref _lastError) switch
    {
        0 => "",
        < 100 and var error => MeshErrors.Of((MeshError)error).Token,
        var status => $"status {status}",
    };

    /// <summary>Takes the result of a try. Loop thread.</summary>
    /// <param name="result">What it says about the endpoint.</param>
    /// <param name="status">Of the response; 0 without.</param>
    /// <param name="error">What ended it; <see cref="MeshError.None"/> when it came to its end.</param>
    /// <param name="now">The time.</param>
    public void Record(AttemptResult result, int status, MeshError error, long now)
    {
        if (result == AttemptResult.Unknown) return;
        _requests++;
        bool succeeded = result == AttemptResult.Response && status < 500;
        if (succeeded) _successes++;
        if (IsConnectFailure(error)) _connectFailures++;
        if (succeeded) return;
        Volatile.Write(ref _lastError, result == AttemptResult.Response ? status : (int)error);
        Volatile.Write(ref _lastErrorMicros, now);
    }

    private static bool IsConnectFailure(MeshError error) =>
        error is MeshError.ConnectFailed or MeshError.ConnectTimeout or MeshError.TlsFailed or MeshError.IdentityMismatch;
}
