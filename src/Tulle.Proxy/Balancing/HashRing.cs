using System.Text;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// Consistent hashing after Karger, as in ketama: each endpoint has points on a ring, in proportion to its weight, and a key
/// belongs to the next point. An endpoint that leaves moves only its own keys.
/// </summary>
internal sealed class HashRing : HashTable
{
    /// <summary>Istio's default for the smallest ring.</summary>
    public const int DefaultSize = 1_024;

    // 12 bytes a point: 12 MB at most, shared by all loops.
    private const int MaxSize = 1 << 20;

    private readonly ulong[] _points;
    private readonly int[] _owners;

    /// <param name="endpoints">What tells each endpoint apart, and its weight.</param>
    /// <param name="minSize">Least points; 0: <see cref="DefaultSize"/>.</param>
    public HashRing(ReadOnlySpan<(string Key, int Weight)> endpoints, ulong minSize)
    {
        double perWeight = PointsPerWeight(endpoints, minSize);
        var points = new List<ulong>();
        var owners = new List<int>();
        for (int i = 0; i < endpoints.Length; i++)
        {
            (string key, int weight) = endpoints[i];
            ulong hash = KeyHash.Of(Encoding.UTF8.GetBytes(key));
            int count = Math.Max(1, (int)(perWeight * weight));
            for (int j = 0; j < count; j++)
            {
                hash = KeyHash.Next(hash);
                points.Add(hash);
                owners.Add(i);
            }
        }
        _points = [.. points];
        _owners = [.. owners];
        Array.Sort(_points, _owners);
    }

    /// <summary>
    /// As many for an endpoint as a whole ring needs at least, so that one that comes or goes changes nothing about the points of
    /// the others. Only sets so large that this would be a waste get by with fewer; shares then differ by about 1 / sqrt(points).
    /// </summary>
    private static double PointsPerWeight(ReadOnlySpan<(string Key, int Weight)> endpoints, ulong minSize)
    {
        int unit = 0;
        double units = 0;
        foreach ((_, int weight) in endpoints) unit = Divisor(unit, weight);
        foreach ((_, int weight) in endpoints) units += weight / unit;
        double points = endpoints.Length switch
        {
            <= 64 => Math.Max(minSize, DefaultSize),
            <= 1_024 => 128,
            _ => 64,
        };
        points = Math.Max(points, minSize / units);
        return Math.Min(points, MaxSize / units) / unit;
    }

    private static int Divisor(int a, int b) => b == 0 ? a : Divisor(b, a % b);

    public override int Size => _points.Length;

    public override int Start(ulong hash)
    {
        int found = MemoryExtensions.BinarySearch(_points.AsSpan(), hash);
        if (found < 0) found = ~found;
        return found == _points.Length ? 0 : found;
    }

    public override int At(int start, int step)
    {
        uint at = (uint)start + (uint)step;
        return _owners[at >= (uint)_owners.Length ? at - (uint)_owners.Length : at];
    }
}
