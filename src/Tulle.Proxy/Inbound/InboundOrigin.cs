using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Inbound;

/// <summary>A connection of a client of this workload, at one of its ports. Loop thread only.</summary>
internal sealed class InboundOrigin : ClientOrigin
{
    private readonly Worker _worker;
    private InboundPortModel? _policy;
    private TrafficSeries? _connection;
    private TrafficSeries?[] _series = [];

    /// <param name="worker">Of the connection's loop.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="port">The port that it came to.</param>
    /// <param name="peerIdentity">The SPIFFE ID that the client proved; empty for plaintext.</param>
    public InboundOrigin(Worker worker, Connection connection, InboundPortState port, string peerIdentity) : base(connection)
    {
        _worker = worker;
        Port = port;
        PeerIdentity = peerIdentity;
        IdentityEdits = port.IdentityEdits.Of(peerIdentity);
    }

    public override Direction Direction => Direction.Inbound;

    public InboundPortState Port { get; }

    /// <summary>The SPIFFE ID that the client proved; empty for plaintext.</summary>
    public string PeerIdentity { get; }

    /// <summary>Tells the application who calls, and keeps clients from saying so themselves.</summary>
    public FieldEdits IdentityEdits { get; }

    public override HttpSession NewSession(Worker worker, Connection? client, Downstream downstream) => new InboundHttpSession(worker, client, downstream);

    /// <summary>Where a request is counted.</summary>
    /// <param name="policy">The policy in force.</param>
    /// <param name="name">Index of its named route; -1 for none.</param>
    public TrafficSeries Series(InboundPortModel policy, int name)
    {
        if (_policy != policy)
        {
            _policy = policy;
            _series = new TrafficSeries?[policy.Names.Names.Count + 1];
        }
        return _series[name + 1] ??= NewSeries(policy, name);
    }

    public override void OnServing()
    {
        _connection = NewSeries(Port.Policy, -1);
        _connection.OpenConnections++;
        _connection.ConnectionsOpened++;
    }

    // The series counted up, even if the policy has changed since.
    public override void OnServed() => _connection!.OpenConnections--;

    private TrafficSeries NewSeries(InboundPortModel policy, int name) => _worker.Metrics.Series(new SeriesKey(
        Direction.Inbound,
        PeerIdentity,
        PeerWorkload: "",
        policy.ServiceNamespace,
        policy.ServiceName,
        policy.ServicePort,
        Backend: "",
        name < 0 ? "" : policy.Names.Names[name],
        Tls: PeerIdentity.Length > 0));
}
