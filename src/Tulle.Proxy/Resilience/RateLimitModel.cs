using System.Globalization;
using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>How many requests a route takes, and how many of each client. Immutable; any thread.</summary>
internal sealed class RateLimitModel
{
    // More than a proxy can serve, and still whole intervals.
    private const double MaxRate = 1_000_000;

    private readonly Dictionary<string, double> _overrides;

    private RateLimitModel(RateLimit limit, Dictionary<string, double> overrides)
    {
        _overrides = overrides;
        PerSecond = Math.Min(limit.RequestsPerSecond, MaxRate);
        Burst = limit.Burst > 0 ? limit.Burst : Math.Max(1, PerSecond);
        PerIdentity = Math.Min(limit.PerIdentityPerSecond, MaxRate);
        LimitsIdentities = PerIdentity > 0 || overrides.Count > 0;
    }

    /// <summary>All clients together; 0: no limit.</summary>
    public double PerSecond { get; }

    public double Burst { get; }

    /// <summary>Each client that no override names; 0: no limit.</summary>
    public double PerIdentity { get; }

    public bool LimitsIdentities { get; }

    /// <summary>Requests per second of one client; 0: no limit.</summary>
    public double RateOf(string identity) => _overrides.TryGetValue(identity, out double rate) ? rate : PerIdentity;

    /// <summary>Compiles a limit; null without one. An error names the part that is wrong.</summary>
    public static (RateLimitModel? Model, string? Error) Compile(RateLimit? limit)
    {
        if (limit is null) return (null, null);
        if (!IsRate(limit.RequestsPerSecond)) return (null, Wrong("requests per second", limit.RequestsPerSecond));
        if (!IsRate(limit.PerIdentityPerSecond)) return (null, Wrong("requests per second of each client", limit.PerIdentityPerSecond));
        var overrides = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (IdentityRate rate in limit.Overrides)
        {
            if (!IsRate(rate.RequestsPerSecond)) return (null, Wrong("requests per second of an override", rate.RequestsPerSecond));
            foreach (string identity in rate.Identities) overrides[identity] = Math.Min(rate.RequestsPerSecond, MaxRate);
        }
        var model = new RateLimitModel(limit, overrides);
        return (model.PerSecond > 0 || model.LimitsIdentities ? model : null, null);
    }

    private static bool IsRate(double value) => double.IsFinite(value) && value >= 0;

    private static string Wrong(string what, double value) =>
        string.Create(CultureInfo.InvariantCulture, $"the rate limit's {what} is {value}; it must be 0 or more");
}
