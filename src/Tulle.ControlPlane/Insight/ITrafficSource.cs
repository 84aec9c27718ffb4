namespace Tulle.ControlPlane.Insight;

/// <summary>Traffic that was counted. Thread-safe.</summary>
internal interface ITrafficSource
{
    /// <summary>How much later one proxy may report a request than the other, seconds.</summary>
    int Skew => 2;

    /// <summary>Sums what the proxies of pods reported within the last seconds.</summary>
    /// <param name="pods">Whose reports.</param>
    /// <param name="totalsOf">Where a series of a pod is added; null leaves it out.</param>
    /// <param name="windowSeconds">How far back.</param>
    void AddTo(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, int windowSeconds);
}

/// <summary>What is asked of every <see cref="ITrafficSource"/>.</summary>
internal static class TrafficSources
{
    /// <summary>The sum of the series that a filter accepts.</summary>
    public static TrafficTotals Sum(this ITrafficSource source, IEnumerable<WorkloadPod> pods, Func<SeriesId, bool> filter, int windowSeconds)
    {
        var totals = new TrafficTotals();
        source.AddTo(pods, (_, series) => filter(series) ? totals : null, windowSeconds);
        return totals;
    }

    /// <summary>The sums of series by what they have in common; a null key leaves a series out, and a group without traffic is left out.</summary>
    public static IReadOnlyDictionary<TKey, TrafficTotals> Group<TKey>(
        this ITrafficSource source, IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TKey?> keyOf, int windowSeconds) where TKey : class
    {
        var groups = new Dictionary<TKey, TrafficTotals>();
        source.AddTo(pods, (pod, series) => keyOf(pod, series) is { } key ? Of(groups, key) : null, windowSeconds);
        RemoveEmpty(groups);
        return groups;
    }

    /// <summary>Like <see cref="Group{TKey}"/>, of series that count with a share of what they have counted.</summary>
    public static IReadOnlyDictionary<TKey, TrafficTotals> GroupShares<TKey>(
        this ITrafficSource source, IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TKey?> keyOf, Func<WorkloadPod, SeriesId, double> shareOf, int windowSeconds)
        where TKey : class
    {
        var whole = new Dictionary<TKey, TrafficTotals>();
        var parts = new Dictionary<(TKey Key, double Share), TrafficTotals>();
        source.AddTo(
            pods,
            (pod, series) => shareOf(pod, series) is not (> 0 and double share) || keyOf(pod, series) is not { } key ? null : share == 1 ? Of(whole, key) : Of(parts, (key, share)),
            windowSeconds);
        RemoveEmpty(whole);
        RemoveEmpty(parts);
        foreach (((TKey key, double share), TrafficTotals totals) in parts) Of(whole, key).Add(totals, share);
        return whole;
    }

    private static TrafficTotals Of<TKey>(Dictionary<TKey, TrafficTotals> groups, TKey key) where TKey : notnull
    {
        if (!groups.TryGetValue(key, out TrafficTotals? totals)) groups[key] = totals = new TrafficTotals();
        return totals;
    }

    private static void RemoveEmpty<TKey>(Dictionary<TKey, TrafficTotals> groups) where TKey : notnull
    {
        foreach ((TKey key, TrafficTotals totals) in groups)
        {
            if (totals.IsEmpty) groups.Remove(key);
        }
    }
}
