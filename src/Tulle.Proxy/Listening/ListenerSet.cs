using System.Net;
using System.Text;
using Tulle.Proxy.Inbound;
using Tulle.Proxy.Model;
using Tulle.Proxy.Outbound;
using Tulle.Transport;

namespace Tulle.Proxy.Listening;

/// <summary>
/// The proxy's listeners. The first loop accepts for all and gives each connection to the loop that has the fewest.
/// </summary>
internal sealed class ListenerSet(DataPlaneConfig config, Worker[] workers)
{
    private readonly List<Listener> _listeners = [];
    private readonly int[] _open = new int[workers.Length];
    private int _total;
    private int _paused;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;

    /// <summary>What was bound, in the order outbound, inbound, upstreams.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <summary>Where outbound traffic is taken; sending it there would be a loop.</summary>
    public IEnumerable<IPEndPoint> OutboundAddresses =>
        Addresses.Take(config.Outbound.Count).Concat(Addresses.Skip(config.Outbound.Count + config.Inbound.Count));

    /// <summary>Binds all; none stays bound when one cannot be.</summary>
    /// <exception cref="IOException">An address cannot be bound; the message names it and why.</exception>
    public void Bind()
    {
        try
        {
            foreach (IPEndPoint address in config.Outbound)
                Add(address, static (worker, connection) => new ProxyPortSession(worker, connection).Start());
            for (int i = 0; i < config.Inbound.Count; i++)
            {
                int index = i;
                Add(config.Inbound[i].Listen, (worker, connection) => new InboundSession(worker, connection, worker.InboundPorts[index]).Start());
            }
            foreach (UpstreamListenerConfig upstream in config.Upstreams)
            {
                byte[] authority = Encoding.ASCII.GetBytes(upstream.Authority);
                Add(upstream.Listen, (worker, connection) => new OutboundSession(worker, connection, authority).Start());
            }
        }
        catch (IOException)
        {
            foreach (Listener listener in _listeners) listener.Close();
            throw;
        }
    }

    /// <summary>Begins to accept. The loops run already.</summary>
    public void Start() => workers[0].Loop.Post(
        static state =>
        {
            foreach (Listener listener in (List<Listener>)state!) listener.Start();
        },
        _listeners);

    /// <summary>
    /// Stops accepting; connections that are established already are still taken. Completes when every loop has been handed
    /// its last connection. Any thread; calling it again does nothing.
    /// </summary>
    public Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return _closing.Task;
        bool posted = workers[0].Loop.Post(
            static state =>
            {
                var set = (ListenerSet)state!;
                foreach (Listener listener in set._listeners) listener.Close();
                set._closing.TrySetResult();
            },
            this);
        if (!posted) _closing.TrySetResult();
        return _closing.Task;
    }

    /// <summary>There is room for another connection. Any loop.</summary>
    public void OnConnectionClosed(Worker worker)
    {
        Interlocked.Decrement(ref _open[Array.IndexOf(workers, worker)]);
        Interlocked.Decrement(ref _total);
        if (Interlocked.Exchange(ref _paused, 0) == 0) return;
        workers[0].Loop.Post(
            static state =>
            {
                foreach (Listener listener in (List<Listener>)state!) listener.Resume();
            },
            _listeners);
    }

    private void Add(IPEndPoint address, Action<Worker, Connection> serve) =>
        _listeners.Add(Listener.Bind(workers[0].Loop, address, MayAccept, socket => Accept(socket, serve)));

    private bool MayAccept()
    {
        if (Volatile.Read(ref _total) < config.MaxConnectionsPerLoop * workers.Length) return true;
        Volatile.Write(ref _paused, 1);
        // A connection may have closed between the two lines above, and nobody would resume.
        return Volatile.Read(ref _total) < config.MaxConnectionsPerLoop * workers.Length;
    }

    private void Accept(AcceptedSocket socket, Action<Worker, Connection> serve)
    {
        int least = 0;
        for (int i = 1; i < workers.Length; i++)
        {
            if (_open[i] < _open[least]) least = i;
        }
        Interlocked.Increment(ref _open[least]);
        Interlocked.Increment(ref _total);
        Worker worker = workers[least];
        if (least == 0)
        {
            Serve(worker, socket, serve);
        }
        else if (!worker.Loop.Post(
            static state =>
            {
                var (set, worker, socket, serve) = ((ListenerSet, Worker, AcceptedSocket, Action<Worker, Connection>))state!;
                set.Serve(worker, socket, serve);
            },
            (this, worker, socket, serve)))
        {
            socket.Refuse();
            OnConnectionClosed(worker);
        }
    }

    private void Serve(Worker worker, AcceptedSocket socket, Action<Worker, Connection> serve)
    {
        Connection? connection = socket.AdoptOn(worker.Loop);
        if (connection is not null)
        {
            serve(worker, connection);
            return;
        }
        OnConnectionClosed(worker);
    }
}
