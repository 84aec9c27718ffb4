using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>Passes /metrics on without saying what is accepted: so Prometheus, which prefers OpenMetrics, reads our text format.</summary>
internal sealed class TextRelay : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private TextRelay(Uri target)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using HttpResponseMessage answer = await _http.GetAsync(target, context.RequestAborted);
            context.Response.ContentType = answer.Content.Headers.ContentType!.ToString();
            await context.Response.WriteAsync(await answer.Content.ReadAsStringAsync(context.RequestAborted), context.RequestAborted);
        });
    }

    /// <summary><c>host:port</c>.</summary>
    public string Address => new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;

    public static async Task<TextRelay> StartAsync(Uri target)
    {
        var relay = new TextRelay(target);
        await relay._server.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }
}
