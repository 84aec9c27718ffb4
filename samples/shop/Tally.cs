using System.Globalization;
using System.Text;

namespace Tulle.Samples.Shop;

/// <summary>What came of the requests so far. Safe for use by many threads.</summary>
internal sealed class Tally
{
    // Microseconds, in buckets 10 % apart: a fixed amount of memory for any number of requests.
    private const double Growth = 1.1;
    private readonly long[] _latencies = new long[200];
    private readonly SortedDictionary<int, long> _byStatus = [];
    private readonly Lock _lock = new();
    private long _skipped;

    public void Add(int status, TimeSpan latency)
    {
        int bucket = Math.Clamp((int)Math.Log(Math.Max(1, latency.TotalMicroseconds), Growth), 0, _latencies.Length - 1);
        lock (_lock)
        {
            _byStatus[status] = _byStatus.GetValueOrDefault(status) + 1;
            _latencies[bucket]++;
        }
    }

    public void Skip() => Interlocked.Increment(ref _skipped);

    public override string ToString()
    {
        lock (_lock)
        {
            long total = _byStatus.Values.Sum();
            var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"requests={total}"));
            foreach (var (status, count) in _byStatus)
                text.Append(CultureInfo.InvariantCulture, $" {(status == 0 ? "no-answer" : status.ToString(CultureInfo.InvariantCulture))}={count}");
            if (_skipped > 0) text.Append(CultureInfo.InvariantCulture, $" skipped={_skipped}");
            foreach (int percentile in (ReadOnlySpan<int>)[50, 95, 99])
                text.Append(CultureInfo.InvariantCulture, $" p{percentile}={Percentile(percentile, total) / 1000:0.0}ms");
            return text.ToString();
        }
    }

    private double Percentile(int percentile, long total)
    {
        long rank = (long)Math.Ceiling(total * percentile / 100.0);
        for (int bucket = 0; bucket < _latencies.Length; bucket++)
        {
            if ((rank -= _latencies[bucket]) <= 0) return Math.Pow(Growth, bucket + 1);
        }

        return 0;
    }
}
