using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Http2;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// What is known of a client's connection, apart from its codec: made once per connection by the session that accepted it, and
/// shared by all requests on it. Loop thread only.
/// </summary>
internal abstract class ClientOrigin(Connection connection)
{
    /// <summary>Its address. Allocates with the first call.</summary>
    public IPEndPoint Peer => field ??= connection.PeerEndPoint;

    /// <summary>Its address as text. Allocates with the first call.</summary>
    public string PeerText => field ??= Peer.ToString();

    /// <summary>Our own address that it came to. Allocates with the first call.</summary>
    public IPEndPoint Local => field ??= connection.LocalEndPoint;

    public abstract Direction Direction { get; }

    /// <summary>
    /// The client speaks HTTP/2 because it asked for it and we can, so that says nothing about its server: one whose protocol is not
    /// known is spoken to in HTTP/1.1, which the client has begun with.
    /// </summary>
    public bool IsUpgraded { get; set; }

    /// <summary>A session that serves requests from such clients, one after the other.</summary>
    /// <param name="worker">Of the loop that the clients are on.</param>
    /// <param name="client">The connection whose requests these are and that ends with the session; null for streams.</param>
    /// <param name="downstream">
    /// Where its requests come from: a connection, or one HTTP/2 stream after another, also of other connections of the same
    /// direction.
    /// </param>
    public abstract HttpSession NewSession(Worker worker, Connection? client, Downstream downstream);

    /// <summary>Serves HTTP/1.x on a connection from now on.</summary>
    public void ServeHttp1(Worker worker, Connection client) => NewSession(worker, client, new Http1Downstream(worker, client, this)).Start();

    /// <summary>Serves HTTP/2 on a connection from now on, from the client's preface on.</summary>
    public void ServeHttp2(Worker worker, Connection client) => new Http2ServerSession(worker, client, this).Start();

    /// <summary>The connection is served from now on. Whoever owns the connection calls it, once.</summary>
    public virtual void OnServing()
    {
    }

    /// <summary>The connection is served no more. Follows every <see cref="OnServing"/>.</summary>
    public virtual void OnServed()
    {
    }
}
