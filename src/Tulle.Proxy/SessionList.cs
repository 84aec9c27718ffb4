namespace Tulle.Proxy;

/// <summary>The sessions of one event loop that have a connection, linked through themselves. Loop thread only.</summary>
internal sealed class SessionList
{
    private Session? _first;

    public int Count { get; private set; }

    public void Add(Session session)
    {
        session.NextSession = _first;
        if (_first is not null) _first.PreviousSession = session;
        _first = session;
        Count++;
    }

    public void Remove(Session session)
    {
        if (session.PreviousSession is not null) session.PreviousSession.NextSession = session.NextSession;
        else _first = session.NextSession;
        if (session.NextSession is not null) session.NextSession.PreviousSession = session.PreviousSession;
        session.NextSession = session.PreviousSession = null;
        Count--;
    }

    /// <summary>Calls each that is there now.</summary>
    public void ForEach(Action<Session> action)
    {
        // A copy, because a session may end, or start another one, while it is called.
        var sessions = new List<Session>(Count);
        for (Session? session = _first; session is not null; session = session.NextSession) sessions.Add(session);
        foreach (Session session in sessions) action(session);
    }
}
