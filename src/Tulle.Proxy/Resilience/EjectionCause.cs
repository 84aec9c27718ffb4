namespace Tulle.Proxy.Resilience;

/// <summary>Which limit an endpoint reached when it was taken out.</summary>
internal enum EjectionCause : byte
{
    None,

    /// <summary>Errors in a row: 5xx, and failures without a response unless they are counted apart.</summary>
    Errors,

    /// <summary>502, 503 and 504 in a row.</summary>
    GatewayErrors,

    /// <summary>Failures without a response in a row.</summary>
    LocalFailures,

    /// <summary>Failure accrual: failures in a row.</summary>
    Failures,

    /// <summary>Failure accrual: too small a share of successes.</summary>
    SuccessRate,

    /// <summary>Failure accrual: the probe after a penalty failed.</summary>
    Probe,
}
