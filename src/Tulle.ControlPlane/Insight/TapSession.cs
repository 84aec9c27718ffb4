using System.Threading.Channels;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>One running tap: the proxies that report to it and the events that wait for its reader. Thread-safe.</summary>
internal sealed class TapSession(ulong id, TapQuery query, ProxyConnections connections, IWorkloads workloads)
{
    /// <summary>Events that may wait for a slow reader; what comes beyond is lost, the newest first.</summary>
    public const int MaxWaiting = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ProxyConnection, int> _joined = [];
    private readonly Channel<(int Proxy, TapEvent Event)> _events = Channel.CreateBounded<(int, TapEvent)>(MaxWaiting);
    private ulong _lostEvents;
    private ulong _skippedRequests;
    private bool _lossIsNews;
    private HashSet<string>? _addresses;
    private HashSet<string>? _identities;
    private int _proxies;
    private bool _stopped;

    public ulong Id => id;

    /// <summary>Events with the number of their proxy, from 1.</summary>
    public ChannelReader<(int Proxy, TapEvent Event)> Events => _events.Reader;

    /// <summary>Starts the tap at proxies of the target that have not heard of it yet; forgets those that went.</summary>
    public void Refresh()
    {
        IReadOnlyList<WorkloadPod> pods = workloads.Pods;
        WorkloadPod[] targets = [.. pods.Where(pod => pod.Meshed && query.Target.Includes(pod))];
        ProxyConnection[] wanted = [.. targets.Select(pod => connections.Find(pod.Proxy)).OfType<ProxyConnection>()];
        lock (_gate)
        {
            if (_stopped) return;
            _addresses = query.To is { Kind: not TargetKind.Service } to ? [.. pods.Where(to.Includes).Select(pod => pod.Address)] : null;
            _identities = query.From is { } from ? [.. pods.Where(pod => pod.Meshed && from.Includes(pod)).Select(pod => pod.Identity)] : null;
            foreach (ProxyConnection gone in _joined.Keys.Except(wanted).ToArray()) _joined.Remove(gone);
            ProxyCommand start = Start(Math.Max(1, query.MaxRps / Math.Max(1, targets.Length)));
            foreach (ProxyConnection connection in wanted)
            {
                if (!_joined.ContainsKey(connection) && connection.Send(start)) _joined[connection] = ++_proxies;
            }
        }
    }

    public void Deliver(ProxyConnection connection, TapEvent tapEvent)
    {
        lock (_gate)
        {
            if (!_joined.TryGetValue(connection, out int proxy)) return;
            if (tapEvent.Loss is { } loss)
            {
                Lose(loss.Events, loss.Requests);
                // Wakes the reader; where that is not possible it has enough to do anyway, and hears of it then.
                _events.Writer.TryWrite((0, tapEvent));
                return;
            }
            if (_addresses is not null && !_addresses.Contains(Host(tapEvent.Destination))) return;
            if (_identities is not null && !_identities.Contains(tapEvent.PeerIdentity)) return;
            if (!_events.Writer.TryWrite((proxy, tapEvent))) Lose(1, 0);
        }
    }

    /// <summary>What got lost since the tap began; null when that was said already.</summary>
    public (ulong Events, ulong Requests)? TakeLoss()
    {
        lock (_gate)
        {
            if (!_lossIsNews) return null;
            _lossIsNews = false;
            return (_lostEvents, _skippedRequests);
        }
    }

    private void Lose(ulong events, ulong requests)
    {
        _lostEvents += events;
        _skippedRequests += requests;
        _lossIsNews = true;
    }

    /// <summary>Tells the proxies to stop.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (ProxyConnection connection in _joined.Keys) connection.Send(new ProxyCommand { Stop = new TapStop { TapId = id } });
            _joined.Clear();
        }
        _events.Writer.TryComplete();
    }

    private ProxyCommand Start(double maxRps)
    {
        var start = new TapStart
        {
            TapId = id,
            Method = query.Method,
            PathPrefix = query.Path,
            Authority = query.Authority,
            MaxRps = maxRps,
            Direction = query.BothDirections ? Direction.Unspecified
                : query.Direction != Direction.Unspecified ? query.Direction
                : query.To is null ? Direction.Inbound : Direction.Outbound,
            Headers = query.Headers,
            StatusFrom = (uint)query.Status.From,
            StatusTo = (uint)query.Status.To,
        };
        start.Redacted.AddRange(query.Redacted);
        if (query.To is { Kind: TargetKind.Service, Name: { } service, Namespace: { } @namespace }) start.ToService = $"{service}.{@namespace}";
        if (_identities is { Count: 1 }) start.PeerIdentity = _identities.First();
        return new ProxyCommand { Start = start };
    }

    private static string Host(string address)
    {
        int colon = address.LastIndexOf(':');
        return colon < 0 ? address : address[..colon].Trim('[', ']');
    }
}
