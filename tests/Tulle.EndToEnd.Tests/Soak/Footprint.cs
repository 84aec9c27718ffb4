using System.Globalization;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>Memory and descriptors of one process over time.</summary>
internal sealed class Footprint(string name, int pid)
{
    private readonly List<(long Rss, int Descriptors)> _samples = [];

    public string Name => name;

    public void Sample()
    {
        try
        {
            string status = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status");
            int at = status.IndexOf("VmRSS:", StringComparison.Ordinal) + 6;
            long kilobytes = long.Parse(status.AsSpan(at, status.IndexOf("kB", at, StringComparison.Ordinal) - at), CultureInfo.InvariantCulture);
            _samples.Add((kilobytes * 1024, Directory.GetFileSystemEntries($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/fd").Length));
        }
        catch (IOException)
        {
            // It ended; what was sampled before stays.
        }
    }

    /// <summary>Medians of the second and the last fifth: the first one is warming up.</summary>
    public (long EarlyRss, long LateRss, int EarlyDescriptors, int LateDescriptors) Trend()
    {
        int fifth = _samples.Count / 5;
        (long Rss, int Descriptors)[] early = [.. _samples.Skip(fifth).Take(Math.Max(1, fifth))], late = [.. _samples.TakeLast(Math.Max(1, fifth))];
        return (Median(early.Select(s => s.Rss)), Median(late.Select(s => s.Rss)), (int)Median(early.Select(s => (long)s.Descriptors)), (int)Median(late.Select(s => (long)s.Descriptors)));
    }

    public override string ToString()
    {
        (long earlyRss, long lateRss, int earlyDescriptors, int lateDescriptors) = Trend();
        return string.Create(CultureInfo.InvariantCulture, $"{name}: RSS {earlyRss / 1e6:0.0} -> {lateRss / 1e6:0.0} MB, descriptors {earlyDescriptors} -> {lateDescriptors}");
    }

    private static long Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
