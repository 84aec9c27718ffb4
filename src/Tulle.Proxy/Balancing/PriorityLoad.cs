namespace Tulle.Proxy.Balancing;

/// <summary>How requests divide over priorities as endpoints become unusable.</summary>
internal static class PriorityLoad
{
    /// <summary>Envoy's overprovisioning: a priority keeps all of its load until 28 % of its endpoints are gone.</summary>
    private const int OverprovisioningPercent = 140;

    /// <summary>
    /// Sets the percentage of each priority: as much as min(100, 140 × usable / total) allows, in order, and scaled up where
    /// all together are less than 100. All 0 when nothing is usable.
    /// </summary>
    public static void Compute(ReadOnlySpan<int> usable, ReadOnlySpan<int> total, Span<int> percent)
    {
        percent.Clear();
        int sum = 0;
        for (int i = 0; i < usable.Length; i++) sum += Availability(usable[i], total[i]);
        if (sum == 0) return;
        int whole = Math.Min(100, sum);
        int left = 100, last = 0;
        for (int i = 0; i < usable.Length && left > 0; i++)
        {
            int availability = Availability(usable[i], total[i]);
            if (availability == 0) continue;
            percent[i] = Math.Min(left, availability * 100 / whole);
            left -= percent[i];
            last = i;
        }
        // What rounding left over.
        percent[last] += left;
    }

    private static int Availability(int usable, int total) =>
        usable == 0 ? 0 : (int)Math.Max(1, Math.Min(100, (long)OverprovisioningPercent * usable / total));
}
