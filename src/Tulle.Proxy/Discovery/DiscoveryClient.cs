using Grpc.Core;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// The discovery stream: tells the control plane what is used, and hands its answers to the data plane, which keeps what was good before
/// when it refuses one. Answers are applied one after the other, off the event loops.
/// </summary>
/// <param name="version">Of this proxy, for the hello.</param>
/// <param name="trust">Takes a trust bundle; null when applied, otherwise why not.</param>
internal sealed class DiscoveryClient(
    ControlPlaneChannel channel, SubscriptionTable subscriptions, IDataPlane dataPlane, Func<TrustBundle, string?> trust,
    string version, TimeProvider time, Func<double> random, Log log)
{
    /// <summary>What <see cref="Acknowledge.Resource"/> calls the inbound policy and the trust bundle.</summary>
    private const string InboundResource = "inbound", TrustResource = "trust";

    private readonly ReconnectingStream _stream = new("discovery", channel, time, random, log);
    private volatile InboundSnapshot? _inbound;

    public StreamState State => _stream.State;

    /// <summary>The policy in force; null until the first one was applied.</summary>
    public InboundSnapshot? Inbound => _inbound;

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _stream.RunAsync(RunStreamAsync, cancellation);

    private async Task RunStreamAsync(CancellationToken cancellation)
    {
        using var scope = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call =
            new Protocol.Discovery.DiscoveryClient(channel.Channel).Stream(channel.CreateHeaders(), cancellationToken: scope.Token);
        int stream = subscriptions.BeginStream();

        Task send = SendAsync(call.RequestStream, scope);
        try
        {
            while (await call.ResponseStream.MoveNext(scope.Token).ConfigureAwait(false))
            {
                _stream.Heard();
                Take(call.ResponseStream.Current, stream);
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            throw StreamFailure.Of(exception, call.GetStatus);
        }
        finally
        {
            await scope.CancelAsync().ConfigureAwait(false);
            await send.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(IClientStreamWriter<DiscoveryRequest> requests, CancellationTokenSource scope)
    {
        try
        {
            await requests.WriteAsync(new DiscoveryRequest { Hello = new Hello { ProxyVersion = version } }, scope.Token).ConfigureAwait(false);
            while (true)
            {
                await subscriptions.WaitAsync(scope.Token).ConfigureAwait(false);
                foreach (DiscoveryRequest request in subscriptions.TakeRequests())
                    await requests.WriteAsync(request, scope.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            // A stream that only listens would look healthy and be deaf to new subscriptions. Not at once, because when the
            // stream broke the reader is about to say why, and this half was only told that it did.
            scope.CancelAfter(TimeSpan.FromSeconds(1));
        }
    }

    private void Take(DiscoveryResponse response, int stream)
    {
        switch (response.MessageCase)
        {
            case DiscoveryResponse.MessageOneofCase.Destination:
                TakeDestination(response.Destination, stream);
                break;
            case DiscoveryResponse.MessageOneofCase.Endpoints:
                TakeEndpoints(response.Endpoints, stream);
                break;
            case DiscoveryResponse.MessageOneofCase.Inbound:
                TakeInbound(response.Inbound);
                break;
            case DiscoveryResponse.MessageOneofCase.Trust:
                Acknowledge(TrustResource, response.Trust.Version, Guarded(() => trust(response.Trust)));
                break;
            case DiscoveryResponse.MessageOneofCase.None:
            default:
                // A newer control plane may say more than we know.
                log.Debug("The control plane sent a message of a kind that this version does not know");
                break;
        }
    }

    private void TakeDestination(Destination destination, int stream)
    {
        // The answer may have crossed an unsubscribe.
        if (subscriptions.Find(destination.Authority) is not { } subscription) return;
        string? error = Guarded(() => dataPlane.Apply(destination));
        subscriptions.Took(subscription, destination, stream, error);
        Acknowledge(destination.Authority, destination.Version, error);
    }

    private void TakeEndpoints(EndpointUpdate update, int stream)
    {
        if (subscriptions.Find(update.Authority) is not { } subscription) return;
        if (!subscription.TryMerge(update, stream, out Destination? merged, out string? error))
        {
            Acknowledge(update.Authority, update.Version, error);
            subscriptions.Resubscribe(update.Authority);
            return;
        }

        error = Guarded(() => dataPlane.Apply(merged));
        subscriptions.Took(subscription, merged, stream, error);
        Acknowledge(update.Authority, update.Version, error);
    }

    private void TakeInbound(InboundPolicy policy)
    {
        string? error = Guarded(() => dataPlane.Apply(policy));
        if (error is null) _inbound = new InboundSnapshot(policy, time.GetUtcNow());
        Acknowledge(InboundResource, policy.Version, error);
    }

    private void Acknowledge(string resource, ulong resourceVersion, string? error)
    {
        if (error is not null) log.Warn($"Version {resourceVersion} of '{resource}' was refused, the last good one stays in force: {error}");
        subscriptions.Acknowledge(resource, resourceVersion, error);
    }

    /// <summary>A message that trips a mistake of ours must cost that message only, not the stream with everything on it.</summary>
    private static string? Guarded(Func<string?> apply)
    {
        try
        {
            return apply();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"the proxy could not handle it ({exception.GetType().Name}: {exception.Message})";
        }
    }
}
