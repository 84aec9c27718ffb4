using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>An application: answers with its name, slowly when asked to.</summary>
internal sealed class HelloServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HelloServer(WebApplication app) => _app = app;

    public TaskCompletionSource SlowBegan { get; } = new();

    public TaskCompletionSource SlowMayEnd { get; } = new();

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<HelloServer> StartAsync(string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new HelloServer(app);
        app.Run(async context =>
        {
            if (context.Request.Path == "/slow")
            {
                server.SlowBegan.TrySetResult();
                await server.SlowMayEnd.Task;
            }

            await context.Response.WriteAsync("hello from " + name);
        });
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync()
    {
        SlowMayEnd.TrySetResult();
        return _app.DisposeAsync();
    }
}
