using System.Numerics;

namespace Tulle.Transport;

/// <summary>
/// Deadlines of one event loop: arming, moving and cancelling are O(1) and allocate nothing, because the timer is a
/// base class of what waits. A deadline fires up to one tick late, never early.
/// </summary>
/// <remarks>
/// A timer that is moved later, as happens with every request of a kept connection, stays in its slot and is put where
/// it belongs only when that slot comes up. Loop thread only.
/// </remarks>
public sealed class TimerWheel
{
    /// <summary>Milliseconds per slot. Deadlines of a proxy are tens of milliseconds and more.</summary>
    public const int TickMs = 8;

    private const int Slots = 1024;
    private readonly LoopTimer?[] _slots = new LoopTimer?[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];
    private long _tick;
    private int _count;

    /// <param name="nowMs">The loop's clock at the start, in milliseconds.</param>
    public TimerWheel(long nowMs) => _tick = nowMs / TickMs;

    /// <summary>Timers in the wheel, also those that were cancelled and not yet swept.</summary>
    public int Count => _count;

    /// <summary>Sets or moves a deadline, in milliseconds of the loop's clock.</summary>
    public void Arm(LoopTimer timer, long dueMs)
    {
        timer.DueMs = dueMs;
        long tick = TickOf(dueMs);
        if (timer.Slot >= 0)
        {
            if (timer.SlotTick <= tick) return;
            Unlink(timer);
        }
        Link(timer, tick);
    }

    /// <summary>Takes the timer out. It will not fire, not even for a deadline that has passed already.</summary>
    public void Cancel(LoopTimer timer)
    {
        timer.DueMs = long.MaxValue;
        if (timer.Slot >= 0) Unlink(timer);
    }

    /// <summary>Fires everything that is due.</summary>
    public void Advance(long nowMs)
    {
        long target = nowMs / TickMs;
        if (_count == 0)
        {
            _tick = target;
            return;
        }
        // After a long pause one turn of the wheel visits every slot.
        if (target - _tick > Slots) _tick = target - Slots;
        while (_tick < target)
        {
            _tick++;
            int slot = (int)(_tick & (Slots - 1));
            if ((_occupied[slot >> 6] >> slot & 1) != 0) Sweep(slot, nowMs);
        }
    }

    /// <summary>Milliseconds until the next slot with a timer comes up; -1 when there is none.</summary>
    public int DelayMs(long nowMs)
    {
        if (_count == 0) return -1;
        for (int ahead = 1; ahead <= Slots;)
        {
            int slot = (int)((_tick + ahead) & (Slots - 1));
            ulong word = _occupied[slot >> 6] >> slot;
            if (word != 0)
            {
                long due = (_tick + ahead + BitOperations.TrailingZeroCount(word)) * TickMs;
                return (int)Math.Max(due - nowMs, 0);
            }
            ahead += 64 - (slot & 63);
        }
        return Slots * TickMs;
    }

    private void Sweep(int slot, long nowMs)
    {
        // Detached first: a timer that fires may arm others, also into this very slot.
        LoopTimer? timer = _slots[slot];
        LoopTimer? due = null;
        while (timer is not null)
        {
            LoopTimer? next = timer.Next;
            if (timer.DueMs <= nowMs)
            {
                Unlink(timer);
                timer.NextDue = due;
                due = timer;
                timer.Slot = LoopTimer.Firing;
            }
            else if (timer.SlotTick <= _tick)
            {
                Unlink(timer);
                Link(timer, TickOf(timer.DueMs));
            }
            timer = next;
        }
        while (due is not null)
        {
            LoopTimer? next = due.NextDue;
            due.NextDue = null;
            // Another timer's callback may have cancelled or moved this one meanwhile.
            if (due.Slot == LoopTimer.Firing)
            {
                due.Slot = LoopTimer.Idle;
                if (due.DueMs <= nowMs) due.Fire();
            }
            due = next;
        }
    }

    private static long TickOf(long dueMs) => (dueMs + TickMs - 1) / TickMs;

    private void Link(LoopTimer timer, long tick)
    {
        tick = Math.Max(tick, _tick + 1);
        // Farther deadlines wait at the far end and are placed again from there.
        tick = Math.Min(tick, _tick + Slots - 1);
        int slot = (int)(tick & (Slots - 1));
        timer.SlotTick = tick;
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = _slots[slot];
        if (timer.Next is not null) timer.Next.Previous = timer;
        _slots[slot] = timer;
        _occupied[slot >> 6] |= 1ul << slot;
        _count++;
    }

    private void Unlink(LoopTimer timer)
    {
        int slot = timer.Slot;
        if (timer.Previous is not null) timer.Previous.Next = timer.Next;
        else _slots[slot] = timer.Next;
        if (timer.Next is not null) timer.Next.Previous = timer.Previous;
        if (_slots[slot] is null) _occupied[slot >> 6] &= ~(1ul << slot);
        timer.Previous = timer.Next = null;
        timer.Slot = LoopTimer.Idle;
        _count--;
    }
}
