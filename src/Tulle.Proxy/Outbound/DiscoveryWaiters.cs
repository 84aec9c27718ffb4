using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Outbound;

/// <summary>Sessions that wait for an answer about one authority; how many may do so is a limit of the loop. Loop thread only.</summary>
internal sealed class DiscoveryWaiters(Worker worker)
{
    private readonly List<Session> _sessions = [];

    public bool IsEmpty => _sessions.Count == 0;

    /// <summary>Wait: the session will be signaled. Failed: too many wait already.</summary>
    public Step Join(Session session, out MeshError error)
    {
        error = MeshError.None;
        if (_sessions.Contains(session)) return Step.Wait;
        if (worker.Destinations.Waiting >= worker.Config.MaxDiscoveryWaiters)
        {
            error = MeshError.Overloaded;
            return Step.Failed;
        }
        _sessions.Add(session);
        worker.Destinations.Waiting++;
        return Step.Wait;
    }

    /// <summary>The session waits no longer. Harmless when it did not.</summary>
    public void Leave(Session session)
    {
        if (_sessions.Remove(session)) worker.Destinations.Waiting--;
    }

    /// <summary>The answer is there: nobody waits any more.</summary>
    public void SignalAll()
    {
        Session[] sessions = [.. _sessions];
        _sessions.Clear();
        worker.Destinations.Waiting -= sessions.Length;
        foreach (Session session in sessions) session.Signal();
    }
}
