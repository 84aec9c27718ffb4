namespace Tulle.Transport;

/// <summary>A deadline that a <see cref="TimerWheel"/> can hold. What waits derives from it, so that arming allocates nothing.</summary>
public abstract class LoopTimer
{
    internal const int Idle = -1;
    internal const int Firing = -2;

    internal LoopTimer? Next;
    internal LoopTimer? Previous;
    internal LoopTimer? NextDue;
    internal long DueMs = long.MaxValue;
    internal long SlotTick;
    internal int Slot = Idle;

    /// <summary>The deadline has passed. Loop thread.</summary>
    protected internal abstract void Fire();
}
