namespace Tulle.ControlPlane.Insight;

/// <summary>
/// What a success rate says of a thing. The one home of the thresholds: <c>diagnose</c> judges by them, the command line colours by them,
/// and a test holds the dashboard's copy in another language to them.
/// </summary>
public static class SuccessHealth
{
    /// <summary>A share of successes below which a thing fails.</summary>
    public const double Failing = 0.95;

    /// <summary>A share of successes below which it is degraded.</summary>
    public const double Degraded = 0.985;

    /// <summary>Standard deviations that a verdict must be away from chance: 95 % of all cases.</summary>
    public const double Certainty = 1.96;

    /// <summary>A share of successes alone, however many requests it is of.</summary>
    public static HealthState Of(double success) => success < Failing ? HealthState.Failing : success < Degraded ? HealthState.Degraded : HealthState.Healthy;

    /// <summary>
    /// One failure among few requests says little, so a share is judged by the best one that the count is compatible with: the upper end
    /// of the Wilson interval.
    /// </summary>
    public static HealthState Of(double success, ulong requests)
    {
        if (requests == 0) return HealthState.Healthy;
        double z = Certainty * Certainty / requests;
        return Of((success + z / 2 + Certainty * Math.Sqrt(success * (1 - success) / requests + z / (4 * requests))) / (1 + z));
    }
}

/// <summary>From good to bad.</summary>
public enum HealthState
{
    Healthy,
    Degraded,
    Failing,
}
