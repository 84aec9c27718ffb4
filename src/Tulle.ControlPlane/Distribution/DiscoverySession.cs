using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Monitoring;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Distribution;

/// <summary>
/// One proxy's discovery stream. There is no queue: the writer compares what was sent with the newest view whenever it has
/// finished sending, so a slow proxy gets the latest state of each authority and never a backlog.
/// </summary>
internal sealed class DiscoverySession(Caller caller, MeshViews views, TrustBundle trust, DateTimeOffset connectedAt, ControlPlaneCounters counters, MeshEvents events, ILogger log)
{
    /// <summary>Most authorities per proxy. A workload calls a handful; a thousand means that a client makes them up.</summary>
    public const int MaxSubscriptions = 1_000;

    /// <summary>Longest authority: a DNS name (RFC 1035 §2.3.4: 255), a colon and a port.</summary>
    public const int MaxAuthorityLength = 261;

    /// <summary>Authorities beyond the limit that wait for their negative answer. Past it the oldest go unanswered, which a proxy treats like a timeout.</summary>
    private const int MaxPendingRefusals = 64;

    private readonly ConcurrentDictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly Subscription _inbound = new("inbound");
    private readonly Subscription _trust = new("trust");
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<string> _refusals = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxPendingRefusals) { FullMode = BoundedChannelFullMode.DropOldest });
    private string _proxyVersion = "";

    /// <summary>Authorities that the proxy is told about. Any thread.</summary>
    public int Subscriptions => _subscriptions.Count;

    /// <summary>How far the proxy is. Any thread.</summary>
    public SessionReport Report() => new(
        caller.Namespace, caller.Pod, _proxyVersion, connectedAt,
        [_trust.Progress(), _inbound.Progress(), .. _subscriptions.Values.Select(subscription => subscription.Progress())]);

    /// <summary>Serves the stream until the proxy ends it.</summary>
    /// <param name="requests">From the proxy.</param>
    /// <param name="responses">To the proxy.</param>
    /// <param name="stopped">Completes when the control plane stops, which ends the stream too.</param>
    /// <param name="cancellation">Cancelled when the proxy is gone.</param>
    public async Task RunAsync(
        IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, Task stopped, CancellationToken cancellation)
    {
        await ReadHelloAsync(requests, cancellation).ConfigureAwait(false);
        log.ProxyConnected(caller, _proxyVersion);
        using IDisposable observation = views.Observe(Wake);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task writing = WriteAsync(responses, ended.Token);
        Task reading = ReadAsync(requests);
        // Whichever ends first takes the other with it: a stream that is only read would leave its proxy with stale endpoints.
        Task first = await Task.WhenAny(reading, writing, stopped).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        log.ProxyDisconnected(caller);
        await first.ConfigureAwait(false);
    }

    private async Task ReadHelloAsync(IAsyncStreamReader<DiscoveryRequest> requests, CancellationToken cancellation)
    {
        bool any = await requests.MoveNext(cancellation).ConfigureAwait(false);
        if (!any || requests.Current.Hello is not { } hello)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message of a discovery stream must be hello"));
        _proxyVersion = hello.ProxyVersion;
    }

    private async Task ReadAsync(IAsyncStreamReader<DiscoveryRequest> requests)
    {
        while (await requests.MoveNext(CancellationToken.None).ConfigureAwait(false))
        {
            DiscoveryRequest request = requests.Current;
            switch (request.MessageCase)
            {
                case DiscoveryRequest.MessageOneofCase.Subscribe:
                    Subscribe(request.Subscribe.Authority);
                    break;
                case DiscoveryRequest.MessageOneofCase.Unsubscribe:
                    _subscriptions.TryRemove(request.Unsubscribe.Authority, out _);
                    break;
                case DiscoveryRequest.MessageOneofCase.Acknowledge:
                    Acknowledge(request.Acknowledge);
                    break;
            }
        }
    }

    private void Subscribe(string authority)
    {
        if (_subscriptions.ContainsKey(authority)) return;
        if (authority.Length is 0 or > MaxAuthorityLength || _subscriptions.Count >= MaxSubscriptions)
        {
            log.TooManySubscriptions(caller, MaxSubscriptions, authority.Length <= MaxAuthorityLength ? authority : authority[..MaxAuthorityLength]);
            counters.OnSubscriptionRefused();
            _refusals.Writer.TryWrite(authority);
        }
        else
        {
            _subscriptions[authority] = new Subscription(authority);
        }
        Wake();
    }

    private void Acknowledge(Acknowledge answer)
    {
        Subscription? subscription = answer.Resource switch
        {
            "inbound" => _inbound,
            "trust" => _trust,
            _ => _subscriptions.GetValueOrDefault(answer.Resource),
        };
        if (answer.Error.Length > 0)
        {
            counters.OnRejected();
            log.Refused(caller, answer.Version, answer.Resource, answer.Error);
            events.ConfigurationRefused(caller, answer.Resource, answer.Error);
        }
        subscription?.Answered(answer.Version, answer.Error);
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task WriteAsync(IServerStreamWriter<DiscoveryResponse> responses, CancellationToken cancellation)
    {
        await views.First.WaitAsync(cancellation).ConfigureAwait(false);
        _trust.Sending(trust, trust.Version, whole: true);
        counters.OnTrustPushed();
        await responses.WriteAsync(new DiscoveryResponse { Trust = trust }).ConfigureAwait(false);
        while (true)
        {
            IMeshView view = views.Current!;
            InboundPolicy inbound = view.Inbound(caller.Namespace, caller.Pod);
            if (IsNew(_inbound, inbound))
            {
                if (_inbound.Sent is not null) counters.OnChangePushed();
                counters.OnInboundPushed();
                _inbound.Sending(inbound, inbound.Version, whole: true);
                await responses.WriteAsync(new DiscoveryResponse { Inbound = inbound }).ConfigureAwait(false);
            }
            foreach ((string authority, Subscription subscription) in _subscriptions)
            {
                Destination current = view.Destination(caller.Namespace, caller.Pod, authority);
                if (Next(subscription, current) is not { } response) continue;
                if (subscription.Sent is not null) counters.OnChangePushed();
                counters.OnDestinationPushed(endpointsOnly: response.Destination is null);
                subscription.Sending(current, current.Version, whole: response.Destination is not null);
                await responses.WriteAsync(response).ConfigureAwait(false);
            }
            while (_refusals.Reader.TryRead(out string? refused))
                await responses.WriteAsync(Unknown(refused)).ConfigureAwait(false);
            await _wake.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsNew(Subscription subscription, InboundPolicy current)
    {
        if (ReferenceEquals(subscription.Sent, current)) return false;
        if (subscription.Sent is not InboundPolicy sent) return true;
        return sent.DefaultMode != current.DefaultMode || sent.Workload != current.Workload || !sent.Ports.Equals(current.Ports);
    }

    private static DiscoveryResponse? Next(Subscription subscription, Destination current)
    {
        if (subscription.Sent is not Destination sent) return new DiscoveryResponse { Destination = current };
        DiscoveryResponse? delta = DestinationDelta.Between(sent, current);
        return delta is not null && subscription.NeedsWhole ? new DiscoveryResponse { Destination = current } : delta;
    }

    private static DiscoveryResponse Unknown(string authority) =>
        new() { Destination = new Destination { Authority = authority, Version = 1, Resolution = Resolution.NotFound } };
}
