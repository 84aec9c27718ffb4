using System.Runtime.CompilerServices;

namespace Tulle.Transport;

/// <summary>
/// One long-lived <c>async</c> method on an event loop, and what wakes it: <c>await strand</c> suspends until any of its
/// connections can make progress, its deadline passes or someone on the loop signals it. Being its own awaiter, it
/// suspends without allocating, however many connections it drives at the same time.
/// </summary>
/// <remarks>
/// The rule for its method: try everything that may make progress, and await only when nothing did. A wake-up says that
/// something changed, not what; so waits stand in loops that test their condition again. Loop thread only.
/// </remarks>
public abstract class Strand(EventLoop loop) : LoopTimer, IConnectionOwner, ICriticalNotifyCompletion
{
    private Action? _continuation;
    private bool _signaled;
    private bool _expired;

    /// <summary>The loop on which it lives and dies.</summary>
    public EventLoop Loop { get; } = loop;

    public Strand GetAwaiter() => this;

    /// <summary>Whether it was signaled while it ran. Used by the compiler for <c>await</c>.</summary>
    public bool IsCompleted => _signaled;

    /// <summary>The result of <c>await strand</c>: false when its deadline has passed.</summary>
    public bool GetResult()
    {
        _signaled = false;
        bool expired = _expired;
        _expired = false;
        return !expired;
    }

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public void UnsafeOnCompleted(Action continuation) => _continuation = continuation;

    /// <summary>Sets the one deadline of this strand, from now. Moving it costs two stores.</summary>
    public void SetDeadline(TimeSpan fromNow) => Loop.Timers.Arm(this, Loop.NowMs + (long)fromNow.TotalMilliseconds);

    /// <summary>Sets the one deadline of this strand, in milliseconds of the loop's clock; the largest number for none.</summary>
    public void SetDeadlineAt(long dueMs)
    {
        if (dueMs == long.MaxValue) Loop.Timers.Cancel(this);
        else Loop.Timers.Arm(this, dueMs);
    }

    /// <summary>Removes the deadline.</summary>
    public void ClearDeadline()
    {
        Loop.Timers.Cancel(this);
        _expired = false;
    }

    /// <summary>Resumes the method if it waits; otherwise its next wait ends at once.</summary>
    public void Signal()
    {
        if (_continuation is { } resume)
        {
            _continuation = null;
            resume();
        }
        else
        {
            _signaled = true;
        }
    }

    void IConnectionOwner.OnReady(Connection connection) => Signal();

    /// <summary>Lets everything else on the loop have its turn first. To be followed by <c>await</c>.</summary>
    public void Yield() => Loop.Enqueue(this);

    protected internal sealed override void Fire()
    {
        _expired = true;
        Signal();
    }
}
