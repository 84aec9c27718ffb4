namespace Tulle.Samples.Shop;

/// <summary>How long a service thinks and how often it fails: the same sequence in every run of the same instance.</summary>
internal sealed class Temperament(string instance, double medianMillis)
{
    /// <summary>Share of requests that a service fails of its own accord, with status 500: one in a hundred.</summary>
    public const double ErrorRate = 0.01;

    // Spread of the logarithm: p99 is about 3.2 times the median.
    private const double Sigma = 0.5;

    // A request that thinks longer than this would look like a fault of the mesh.
    private const double MaxMillis = 250;

    private readonly Random _random = new(Seed(instance));
    private readonly Lock _lock = new();

    public (TimeSpan Thinking, bool Fails) Next()
    {
        double first, second, error;
        lock (_lock)
        {
            first = 1 - _random.NextDouble();
            second = _random.NextDouble();
            error = _random.NextDouble();
        }

        // Box–Muller: two uniform numbers make a normal one.
        double normal = Math.Sqrt(-2 * Math.Log(first)) * Math.Cos(2 * Math.PI * second);
        double millis = Math.Min(MaxMillis, medianMillis * Math.Exp(Sigma * normal));
        return (TimeSpan.FromMilliseconds(millis), error < ErrorRate);
    }

    // string.GetHashCode differs from process to process; FNV-1a does not.
    private static int Seed(string text) => (int)text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
