using Tulle.Protocol;

namespace Tulle.Proxy.Resilience;

/// <summary>When endpoints are ejected for what they answer. Times in microseconds. Immutable; any thread.</summary>
internal sealed class OutlierModel
{
    // Envoy's defaults, for a message that leaves them out.
    private const long DefaultIntervalMs = 10_000;
    private const long DefaultBaseMs = 30_000;
    private const long DefaultMaxMs = 300_000;
    private const uint DefaultMaxPercent = 10;

    private readonly ulong[]? _errorCodes;

    private OutlierModel(OutlierDetection outlier, ulong[]? errorCodes)
    {
        _errorCodes = errorCodes;
        Consecutive5xx = (int)Math.Min(outlier.Consecutive5Xx, int.MaxValue);
        ConsecutiveGateway = (int)Math.Min(outlier.ConsecutiveGatewayErrors, int.MaxValue);
        SplitsLocalOrigin = outlier.SplitLocalOrigin;
        ConsecutiveLocal = outlier.SplitLocalOrigin ? (int)Math.Min(outlier.ConsecutiveLocalOriginFailures, int.MaxValue) : 0;
        IntervalMicros = Math.Max(1, outlier.IntervalMs > 0 ? outlier.IntervalMs : DefaultIntervalMs) * 1_000;
        BaseEjectionMicros = (outlier.BaseEjectionMs > 0 ? outlier.BaseEjectionMs : DefaultBaseMs) * 1_000;
        MaxEjectionMicros = Math.Max(BaseEjectionMicros, (outlier.MaxEjectionMs > 0 ? outlier.MaxEjectionMs : DefaultMaxMs) * 1_000);
        MaxEjectionPercent = (int)Math.Min(100, outlier.MaxEjectionPercent == 0 ? DefaultMaxPercent : outlier.MaxEjectionPercent);
        MinHealthPercent = (int)Math.Min(100, outlier.MinHealthPercent);
    }

    /// <summary>Errors in a row; 0: off.</summary>
    public int Consecutive5xx { get; }

    /// <summary>502, 503 and 504 in a row; 0: off.</summary>
    public int ConsecutiveGateway { get; }

    /// <summary>Failures without a response in a row, where they are counted apart; 0: off.</summary>
    public int ConsecutiveLocal { get; }

    /// <summary>Failures without a response are no 5xx.</summary>
    public bool SplitsLocalOrigin { get; }

    /// <summary>In service for this long, an endpoint is forgiven one earlier ejection.</summary>
    public long IntervalMicros { get; }

    public long BaseEjectionMicros { get; }

    public long MaxEjectionMicros { get; }

    public int MaxEjectionPercent { get; }

    /// <summary>With a smaller share of healthy endpoints, ejections are ignored; 0: never.</summary>
    public int MinHealthPercent { get; }

    /// <summary>Whether a status counts as an error.</summary>
    public bool IsError(int status)
    {
        if (_errorCodes is null) return status >= 500;
        return status is > 0 and < 640 && (_errorCodes[status / 64] >> (status % 64) & 1) != 0;
    }

    public static (OutlierModel? Model, string? Error) Compile(OutlierDetection? outlier)
    {
        if (outlier is null) return (null, null);
        ulong[]? codes = null;
        foreach (uint code in outlier.ErrorCodes)
        {
            if (code is < 100 or > 599) return (null, $"outlier detection's error code {code} is not between 100 and 599");
            codes ??= new ulong[10];
            codes[code / 64] |= 1UL << (int)(code % 64);
        }
        return (new OutlierModel(outlier, codes), null);
    }

    /// <summary>
    /// Whether one more of <paramref name="total"/> endpoints may be ejected while <paramref name="ejected"/> are. The share
    /// is never exceeded, with one exception: in a small set, of which the share is less than one endpoint, one may be
    /// ejected when a usable one remains. Envoy ejects none there, which surprises its users.
    /// </summary>
    public bool MayEject(int total, int ejected, int usable) =>
        (ejected + 1) * 100L <= (long)MaxEjectionPercent * total || (ejected == 0 && usable >= 2);

    /// <summary>How long the ejection lasts that is the <paramref name="count"/>th in a row, from 1.</summary>
    public long EjectionMicros(int count) =>
        count >= MaxEjectionMicros / BaseEjectionMicros ? MaxEjectionMicros : Math.Min(MaxEjectionMicros, BaseEjectionMicros * count);
}
