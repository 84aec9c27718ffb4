using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>An application on Kestrel, in plaintext HTTP/2 (prior knowledge) or HTTP/1.1.</summary>
internal sealed class Http2App : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Http2App(WebApplication app) => _app = app;

    public IPEndPoint EndPoint => new(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);

    public static async Task<Http2App> StartAsync(RequestDelegate handler, HttpProtocols protocols = HttpProtocols.Http2)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        WebApplication app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        return new Http2App(app);
    }

    /// <summary>Sends the request's body back, and says what else it saw in headers.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        context.Response.Headers["x-protocol"] = context.Request.Protocol;
        context.Response.Headers["x-path"] = context.Request.Path + context.Request.QueryString;
        context.Response.Headers["x-host"] = context.Request.Host.Value;
        context.Response.Headers["x-method"] = context.Request.Method;
        context.Response.Headers["x-caller"] = context.Request.Headers["tulle-client-id"].ToString();
        context.Response.Headers["x-cookie"] = context.Request.Headers.Cookie.ToString();
        if (context.Request.ContentLength is { } length) context.Response.ContentLength = length;
        // All of it first: a client that sends everything before it reads would wait for us as we for it.
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body);
        if (context.Response.SupportsTrailers()) context.Response.AppendTrailer("x-sum", "done");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
