namespace Tulle.Proxy.Resilience;

/// <summary>
/// Counts events of the last ten slots of time. Any thread, without a lock: a slot's number and its count change together.
/// </summary>
internal sealed class SlidingCount
{
    /// <summary>Slots of a window: an event is forgotten at most a tenth of the window late.</summary>
    public const int Slots = 10;

    // The slot's number since the clock's start in the upper half, the count in the lower.
    private readonly ulong[] _slots = new ulong[Slots];

    /// <summary>Counts one event in the slot of that number.</summary>
    public void Add(uint number)
    {
        ref ulong slot = ref _slots[number % Slots];
        while (true)
        {
            ulong seen = Volatile.Read(ref slot);
            // Another loop's clock may be a turn ahead: its slot takes what comes late.
            bool current = (int)((uint)(seen >> 32) - number) >= 0 && seen != 0;
            ulong next = current ? seen + 1 : (ulong)number << 32 | 1;
            if (Interlocked.CompareExchange(ref slot, next, seen) == seen) return;
        }
    }

    /// <summary>Events in the window that ends with the slot of that number.</summary>
    public long Sum(uint number)
    {
        long sum = 0;
        for (int i = 0; i < Slots; i++)
        {
            ulong slot = Volatile.Read(ref _slots[i]);
            if (number - (uint)(slot >> 32) < Slots) sum += (uint)slot;
        }
        return sum;
    }

    public void Clear()
    {
        for (int i = 0; i < Slots; i++) Volatile.Write(ref _slots[i], 0);
    }
}
