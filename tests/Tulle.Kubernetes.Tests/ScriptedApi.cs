using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tulle.Kubernetes.Tests;

/// <summary>A server that answers as a test says: for what a healthy API server never does.</summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ScriptedApi(WebApplication server) => _server = server;

    public Uri Url { get; private init; } = null!;

    public static async Task<ScriptedApi> StartAsync(RequestDelegate answer, int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        WebApplication server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        string address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ScriptedApi(server) { Url = new Uri(address) };
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }
}
