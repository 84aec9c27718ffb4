using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Monitoring;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Distribution;

/// <summary>The discovery streams that are open. Thread-safe.</summary>
internal sealed class DiscoverySessions
{
    private readonly ConcurrentDictionary<DiscoverySession, bool> _open = new();

    public void Add(DiscoverySession session) => _open[session] = true;

    public void Remove(DiscoverySession session) => _open.TryRemove(session, out _);

    /// <summary>Most subscriptions that one proxy has.</summary>
    public int MostSubscriptions => _open.Keys.Select(session => session.Subscriptions).DefaultIfEmpty().Max();

    /// <summary>Every connected proxy and how far it is.</summary>
    public IReadOnlyList<SessionReport> Report() => [.. _open.Keys.Select(session => session.Report())];
}

/// <summary>Tells proxies about the mesh.</summary>
internal sealed class DiscoveryService(
    CallerAuthentication authentication, MeshViews views, MeshIssuer issuer, DiscoverySessions sessions, TimeProvider clock,
    Lifetime lifetime, MeshEvents events, ControlPlaneCounters counters, ILogger<DiscoveryService> log)
    : Discovery.DiscoveryBase
{
    public override async Task Stream(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context)
    {
        Caller caller = await authentication.AuthenticateAsync(context).ConfigureAwait(false);
        var trust = new TrustBundle { Version = 1, TrustDomain = issuer.TrustDomain };
        trust.AnchorsPem.AddRange(issuer.AnchorsPem);
        var session = new DiscoverySession(caller, views, trust, clock.GetUtcNow(), counters, events, log);
        sessions.Add(session);
        try
        {
            await session.RunAsync(requestStream, responseStream, lifetime.Stopped, context.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The proxy left without a word; it connects again by itself.
        }
        finally
        {
            sessions.Remove(session);
        }
        lifetime.ThrowIfStopped();
    }
}
