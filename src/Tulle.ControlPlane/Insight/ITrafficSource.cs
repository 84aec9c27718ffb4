namespace Tulle.ControlPlane.Insight;

/// <summary>Traffic that was counted. Thread-safe.</summary>
internal interface ITrafficSource
{
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
        source.AddTo(
            pods,
            (pod, series) =>
            {
                if (keyOf(pod, series) is not { } key) return null;
                if (!groups.TryGetValue(key, out TrafficTotals? totals)) groups[key] = totals = new TrafficTotals();
                return totals;
            },
            windowSeconds);
        foreach ((TKey key, TrafficTotals totals) in groups)
        {
            if (totals.IsEmpty) groups.Remove(key);
        }
        return groups;
    }
}
