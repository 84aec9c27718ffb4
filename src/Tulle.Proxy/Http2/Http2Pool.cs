using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;

namespace Tulle.Proxy.Http2;

/// <summary>The HTTP/2 connections to one endpoint on one event loop: one, and more when it is full. Loop thread only.</summary>
internal sealed class Http2Pool(Worker worker, EndpointPool endpoint)
{
    /// <summary>Most connections to one endpoint from one loop: 6,400 requests at one time.</summary>
    public const int MaxConnections = 64;

    private readonly List<Http2ClientConnection> _connections = [];

    /// <summary>Connections that are up or being made.</summary>
    public int Count => _connections.Count;

    /// <summary>One of them can take another request.</summary>
    public bool HasRoom
    {
        get
        {
            foreach (Http2ClientConnection connection in _connections)
            {
                if (connection.HasRoom) return true;
            }
            return false;
        }
    }

    /// <summary>A connection with room for one more request; a new one when there is none. Null with the reason.</summary>
    public Http2ClientConnection? Pick(out MeshError error)
    {
        error = MeshError.None;
        foreach (Http2ClientConnection connection in _connections)
        {
            if (connection.TryJoin()) return connection;
        }
        if (_connections.Count >= MaxConnections)
        {
            error = MeshError.Overloaded;
            return null;
        }
        var added = new Http2ClientConnection(worker, endpoint, this);
        // Listed first: it takes itself out when connecting fails at once.
        _connections.Add(added);
        if (added.Start(out error)) return added;
        Remove(added);
        return null;
    }

    public void Remove(Http2ClientConnection connection) => _connections.Remove(connection);

    /// <summary>Lets go of connections that have been idle since before that time.</summary>
    public void CloseIdle(long sinceMs)
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            Http2ClientConnection connection = _connections[i];
            if (connection.IdleSinceMs != 0 && connection.IdleSinceMs <= sinceMs) connection.Retire();
        }
    }

    /// <summary>Closes one idle connection, whose place of the backend's limit somebody has claimed; false when there is none.</summary>
    public bool CloseOneIdle()
    {
        foreach (Http2ClientConnection connection in _connections)
        {
            if (!connection.HoldsIdlePlace) continue;
            connection.GiveUp();
            return true;
        }
        return false;
    }

    /// <summary>The endpoint is gone: what is idle closes, the rest when it is done.</summary>
    public void Retire()
    {
        for (int i = _connections.Count - 1; i >= 0; i--) _connections[i].Retire();
    }
}
