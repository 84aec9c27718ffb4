namespace Tulle.Transport;

/// <summary>A descriptor that an event loop watches.</summary>
public abstract class Pollable
{
    internal int Fd = -1;

    // Descriptors are reused at once; the generation tells an event of the closed one from an event of the new one.
    internal uint Generation;

    /// <summary>Something happened. Loop thread.</summary>
    /// <param name="events">Bits of <c>epoll_event.events</c>.</param>
    internal abstract void OnEvents(uint events);
}
