using Tulle.Transport;

namespace Tulle.Proxy;

/// <summary>
/// What serves one accepted connection: a strand with one long-lived method. A session may hand its connection to another
/// kind of session when it has found out what the client speaks.
/// </summary>
internal abstract class Session(Worker worker, Connection? client) : Strand(worker.Loop)
{
    internal Session? NextSession;
    internal Session? PreviousSession;
    private bool _isListed;

    public Worker Worker { get; } = worker;

    /// <summary>The connection to the client; null after it was handed over, and for sessions that serve streams of another's.</summary>
    protected Connection? Client { get; set; } = client;

    /// <summary>Starts to serve. The method runs until its first wait before this returns.</summary>
    public void Start()
    {
        if (Client is not null)
        {
            Worker.Add(this);
            Client.Owner = this;
            _isListed = true;
        }
        _ = ServeAsync();
    }

    /// <summary>Closes what the session holds, so that its method ends soon. For the end of a drain.</summary>
    public abstract void Abort();

    /// <summary>The session's method; ends with <see cref="End"/>, whatever happens.</summary>
    protected abstract Task ServeAsync();

    /// <summary>Gives the connection to the session that goes on with it.</summary>
    protected Connection HandOver()
    {
        Connection client = Client!;
        Client = null;
        return client;
    }

    /// <summary>Closes the client unless it was handed over, and leaves the worker.</summary>
    protected void End()
    {
        ClearDeadline();
        if (Client is not null)
        {
            Client.Close();
            Worker.OnConnectionClosed();
        }
        Client = null;
        if (_isListed) Worker.Remove(this);
        _isListed = false;
    }
}
