using Tulle.Transport.Interop;

namespace Tulle.Transport;

/// <summary>The eventfd by which other threads interrupt a loop's wait.</summary>
internal sealed unsafe class Waker : Pollable
{
    public Waker()
    {
        Descriptor = Libc.eventfd(0, Libc.NonBlocking | Libc.CloseOnExec);
        if (Descriptor < 0) throw new IOException($"eventfd failed: {SystemError.Last()}");
    }

    public int Descriptor { get; }

    /// <summary>Any thread.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.write(Descriptor, &one, sizeof(ulong));
    }

    internal override void OnEvents(uint events)
    {
        ulong count;
        _ = Libc.read(Fd, &count, sizeof(ulong));
    }
}
