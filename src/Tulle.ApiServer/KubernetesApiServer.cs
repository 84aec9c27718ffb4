using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Controllers;
using Tulle.ApiServer.Hosting;
using Tulle.Model.Admission;

namespace Tulle.ApiServer;

/// <summary>
/// A running Kubernetes API server over one SQLite file: the subset of the API that a mesh on one machine needs, faithful enough for
/// <c>kubectl</c>. Thread-safe.
/// </summary>
public sealed class KubernetesApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ApiServices _services;

    private KubernetesApiServer(WebApplication app, ApiServices services, string url)
    {
        _app = app;
        _services = services;
        Url = url;
        CaPem = services.Authority.ToCertificatePem();
    }

    /// <summary>Base address, such as <c>https://127.0.0.1:41443</c>.</summary>
    public string Url { get; }

    /// <summary>The authority that signed the server's certificate, for the kubeconfig.</summary>
    public string CaPem { get; }

    /// <summary>Events that are kept, the most there may be, and how many went before their time because of that.</summary>
    public (long Kept, long Limit, long Displaced) Events => (_services.Events.Kept, EventExpiry.MaxEvents, _services.Events.Displaced);

    /// <summary>Opens the database, starts to listen, and returns when requests are answered.</summary>
    /// <exception cref="IOException">The address is in use, or the database cannot be opened.</exception>
    public static async Task<KubernetesApiServer> StartAsync(ApiServerOptions options, CancellationToken cancellation = default)
    {
        var services = new ApiServices(options);
        try
        {
            await services.PrepareAsync();
            WebApplication app = Listener.Create(options, services);
            await app.StartAsync(cancellation);
            return new KubernetesApiServer(app, services, Listener.UrlOf(app));
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks one more reviewer before every write from now on.</summary>
    public void AddReviewer(IResourceReviewer reviewer) => _services.Admission.Add(reviewer);

    /// <summary>Hands everything under <c>/apis/GROUP</c> to <paramref name="handler"/>, for administrators only.</summary>
    public void AddAggregatedGroup(string group, RequestDelegate handler) => _services.Router.Aggregate(group, handler);

    /// <summary>Answers <c>kubectl logs</c> from now on.</summary>
    public void SetPodLogs(PodLogs podLogs) => _services.Logs.PodLogs = podLogs;

    /// <summary>Ends watches, answers what is under way, and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _services.StopAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _services.DisposeAsync();
    }
}
