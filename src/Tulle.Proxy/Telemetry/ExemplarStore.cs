using System.Globalization;
using Tulle.Metrics;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// The newest sampled requests of one event loop, for exemplars: a table of fixed size, in which a series' bucket has one place that it
/// may share with others. The loop writes without allocating; any thread reads, and skips what is being written.
/// </summary>
internal sealed class ExemplarStore
{
    /// <summary>A busy proxy has some twenty series with ten buckets in use each. 512 × 56 bytes are 28 KB.</summary>
    public const int Places = 512;

    private readonly Place[] _places = new Place[Places];

    /// <summary>Keeps a request whose trace is recorded. Loop thread.</summary>
    /// <param name="series">Where it was counted.</param>
    /// <param name="micros">Its duration.</param>
    /// <param name="traceHigh">The first eight bytes of its trace id, as a number.</param>
    /// <param name="traceLow">The last eight.</param>
    /// <param name="unixMs">When it ended.</param>
    public void Record(TrafficSeries series, long micros, ulong traceHigh, ulong traceLow, long unixMs)
    {
        int bucket = DurationHistogram.IndexOf(micros);
        ref Place place = ref _places[(uint)((series.Number * 97) + bucket) % Places];
        // Odd while it is written; readers compare before and after.
        Volatile.Write(ref place.Version, place.Version + 1);
        Interlocked.MemoryBarrier();
        place.Series = series;
        place.Bucket = bucket;
        place.Micros = micros;
        place.TraceHigh = traceHigh;
        place.TraceLow = traceLow;
        place.UnixMs = unixMs;
        Volatile.Write(ref place.Version, place.Version + 1);
    }

    /// <summary>Hands out what is kept. Any thread.</summary>
    public void Read(Action<TrafficSeries, int, Exemplar> take)
    {
        for (int i = 0; i < Places; i++)
        {
            ref Place place = ref _places[i];
            int before = Volatile.Read(ref place.Version);
            if (before == 0 || (before & 1) != 0) continue;
            Place copy = place;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref place.Version) != before || copy.Series is null) continue;
            string trace = string.Create(CultureInfo.InvariantCulture, $"{copy.TraceHigh:x16}{copy.TraceLow:x16}");
            take(copy.Series, copy.Bucket, new Exemplar(trace, copy.Micros / 1e6, DateTimeOffset.FromUnixTimeMilliseconds(copy.UnixMs)));
        }
    }

    private struct Place
    {
        public int Version;
        public int Bucket;
        public TrafficSeries? Series;
        public long Micros;
        public ulong TraceHigh;
        public ulong TraceLow;
        public long UnixMs;
    }
}
