using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// One direction of an opaque byte stream: from one connection's receive buffer to the other's socket, with back-pressure
/// and half-close. A mutable struct: keep it in a field.
/// </summary>
internal struct ByteRelay
{
    private bool _ended;

    /// <summary>The source has ended, and everything it sent was delivered.</summary>
    public readonly bool IsComplete => _ended;

    /// <summary>Bytes delivered.</summary>
    public long Bytes { get; private set; }

    /// <summary>Moves what can move. Failed: one of the connections is broken.</summary>
    public Step Run(Connection from, Connection to, ref int budget)
    {
        if (_ended) return Step.Done;
        while (true)
        {
            if (to.HasUnsent)
            {
                IoStatus flushed = to.Flush();
                if (flushed != IoStatus.Done) return flushed == IoStatus.Wait ? Step.Wait : Step.Failed;
            }
            if (!from.Received.IsEmpty)
            {
                int n = to.Write(from.Received);
                if (n < 0) return Step.Failed;
                if (n == 0) return Step.Wait;
                from.Consume(n);
                Bytes += n;
                budget -= n;
                if (budget <= 0) return Step.Wait;
                continue;
            }
            switch (from.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return Step.Wait;
                case IoStatus.End:
                    if (to.HasUnsent) continue;
                    to.ShutdownSend();
                    _ended = true;
                    return Step.Done;
                default:
                    return Step.Failed;
            }
        }
    }
}
