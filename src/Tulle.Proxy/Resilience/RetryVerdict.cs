namespace Tulle.Proxy.Resilience;

/// <summary>Whether a request is sent again, and if not, why.</summary>
internal enum RetryVerdict : byte
{
    /// <summary>Nothing asks for it: pass on what came.</summary>
    No,

    /// <summary>At once: nobody can have processed the request, and it costs no server any work.</summary>
    Resend,

    /// <summary>The policy asks for it: after the back-off, if budget and breaker allow it.</summary>
    Retry,

    /// <summary>The policy would ask for it, but all tries are used up (flag URX).</summary>
    LimitReached,

    /// <summary>The policy would ask for it, but part of the request is gone from the buffer.</summary>
    CannotReplay,

    /// <summary>The policy would ask for it, but the method is not idempotent and the policy does not cover such requests.</summary>
    NotRepeatable,
}
