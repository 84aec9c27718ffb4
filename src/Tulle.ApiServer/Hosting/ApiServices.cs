using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Controllers;
using Tulle.ApiServer.Definitions;
using Tulle.ApiServer.Discovery;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Reviews;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Subresources;
using Tulle.ApiServer.Verbs;
using Tulle.Identity;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Hosting;

/// <summary>The parts of one server, put together.</summary>
internal sealed class ApiServices : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ObjectStore _store;
    private readonly ResourceRegistry _registry;
    private readonly ObjectWriter _writer;
    private readonly DefinitionLife _definitions;
    private readonly Collector _collector;
    private readonly EventExpiry _events;

    public ApiServices(ApiServerOptions options)
    {
        TimeProvider clock = options.Clock;
        _store = new ObjectStore(options.DatabasePath, options.Limits);
        _registry = new ResourceRegistry(ResourceCatalog.All);
        Authority = Certificates.LoadAuthority(_store, clock);
        ServingCertificate = Certificates.IssueServing(Authority, options.Listen.Address, clock);
        var tokens = new ServiceAccountTokens(_store, clock);
        Admission = new ObjectAdmission(options.Reviewers, clock);
        _writer = new ObjectWriter(_store, Admission, clock);
        var remover = new ObjectRemover(_store, clock);
        _definitions = new DefinitionLife(_store, _registry);
        _writer.Committed = _definitions.Committed;
        _collector = new Collector(_store, _registry, _writer, remover, _definitions, _stopping.Token);
        _events = new EventExpiry(_store, _registry, remover, clock, _stopping.Token);
        Logs = new LogHandler(_store, options.PodLogs);
        var write = new WriteHandler(_store, _writer, remover);
        var resources = new ResourceHandler(new ReadHandler(_store), new WatchHandler(_store, clock, _stopping.Token), write,
            new SubresourceHandler(new TokenRequests(_store, tokens, clock), new Scales(_store, _writer), Logs, write), new ReviewHandler(tokens));
        Router = new Router(_registry, resources, new DiscoveryHandler(_registry), new OpenApiHandler(_registry), clock);
        foreach ((string group, RequestDelegate handler) in options.AggregatedGroups) Router.Aggregate(group, handler);
        Pipeline = new HttpPipeline(new Authenticator(options.AdminToken, tokens), Router);
    }

    public CertificateAuthorityMaterial Authority { get; }

    public X509Certificate2 ServingCertificate { get; }

    public ObjectAdmission Admission { get; }

    public LogHandler Logs { get; }

    public EventExpiry Events => _events;

    public Router Router { get; }

    public HttpPipeline Pipeline { get; }

    /// <summary>Makes what every cluster has, and starts the background work.</summary>
    public async Task PrepareAsync()
    {
        _definitions.Load();
        await Seed.EnsureAsync(_store, _registry, _writer);
        _collector.Start();
        _events.Start();
    }

    /// <summary>Ends watches and background work.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _collector.StoppedAsync();
        await _events.StoppedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _store.DisposeAsync();
        ServingCertificate.Dispose();
        Authority.Dispose();
        _stopping.Dispose();
    }
}
