using System.Text;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// Maglev hashing (Eisenbud and others, NSDI 2016): endpoints take turns to claim slots, each in an order of its own, so that
/// shares are as even as can be and a lookup is one index. An endpoint that leaves moves a few keys besides its own.
/// </summary>
internal sealed class MaglevTable : HashTable
{
    /// <summary>Istio's default; a prime, so that every step visits every slot.</summary>
    public const int DefaultSize = 65_537;

    // Envoy's limit is the next prime above five million.
    private const int MaxSize = 5_000_011;

    private readonly int[] _owners;

    /// <param name="endpoints">What tells each endpoint apart, and its weight.</param>
    /// <param name="size">Slots, rounded up to a prime; 0: <see cref="DefaultSize"/>.</param>
    public MaglevTable(ReadOnlySpan<(string Key, int Weight)> endpoints, ulong size)
    {
        int slots = PrimeFrom((int)Math.Min(size == 0 ? DefaultSize : size, MaxSize));
        _owners = new int[slots];
        Array.Fill(_owners, -1);
        if (endpoints.Length == 0) return;

        var offsets = new uint[endpoints.Length];
        var skips = new uint[endpoints.Length];
        var turns = new double[endpoints.Length];
        int heaviest = 1;
        for (int i = 0; i < endpoints.Length; i++)
        {
            ulong hash = KeyHash.Of(Encoding.UTF8.GetBytes(endpoints[i].Key));
            offsets[i] = (uint)(hash % (ulong)slots);
            skips[i] = (uint)(KeyHash.Next(hash) % (ulong)(slots - 1)) + 1;
            heaviest = Math.Max(heaviest, endpoints[i].Weight);
        }

        // A round gives the heaviest endpoint a slot, and the others as often as their weight is of the heaviest.
        int filled = 0;
        while (true)
        {
            for (int i = 0; i < endpoints.Length; i++)
            {
                turns[i] += endpoints[i].Weight / (double)heaviest;
                if (turns[i] < 1) continue;
                turns[i]--;
                uint slot = offsets[i];
                while (_owners[slot] >= 0) slot = Advance(slot, skips[i], slots);
                _owners[slot] = i;
                offsets[i] = Advance(slot, skips[i], slots);
                if (++filled == slots) return;
            }
        }
    }

    public override int Size => _owners.Length;

    public override int Start(ulong hash) => (int)(hash % (ulong)_owners.Length);

    public override int At(int start, int step)
    {
        // Neighbours in the table belong to anyone: walking on spreads the keys of an unusable endpoint over all others.
        int at = (int)(((uint)start + (uint)step) % (uint)_owners.Length);
        return _owners[at];
    }

    private static uint Advance(uint slot, uint skip, int slots)
    {
        slot += skip;
        return slot >= (uint)slots ? slot - (uint)slots : slot;
    }

    private static int PrimeFrom(int value)
    {
        int candidate = Math.Max(3, value | 1);
        while (!IsPrime(candidate)) candidate += 2;
        return candidate;
    }

    private static bool IsPrime(int value)
    {
        for (int i = 3; (long)i * i <= value; i += 2)
        {
            if (value % i == 0) return false;
        }
        return true;
    }
}
