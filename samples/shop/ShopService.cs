using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Tulle.Samples.Shop;

/// <summary>A role, served over HTTP on 127.0.0.1:$PORT.</summary>
internal static class ShopService
{
    private const int DefaultPort = 8080;

    public static async Task<int> RunAsync(Role role)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port()));
        var app = builder.Build();

        var identity = new Identity(role.Name, Setting("VERSION", "v1"), Setting("POD_NAME", Environment.MachineName));
        var temperament = new Temperament(identity.Pod, role.MedianMillis);
        using var downstream = new Downstream();

        app.MapGet("/health", static (HttpContext context) => context.Response.WriteAsync("ok\n"));
        foreach (var operation in role.Operations)
        {
            RequestDelegate answer = context => AnswerAsync(context, operation, identity, temperament, downstream);
            app.MapMethods(operation.Path, [operation.Method], answer);
        }

        Console.WriteLine($"{identity.Service} {identity.Version} listens on 127.0.0.1:{Port()}");
        await app.RunAsync();
        Console.WriteLine($"{identity.Service} {identity.Version} stopped");
        return 0;
    }

    private static async Task AnswerAsync(
        HttpContext context, Operation operation, Identity identity, Temperament temperament, Downstream downstream)
    {
        var (thinking, fails) = temperament.Next();
        await Task.Delay(thinking, context.RequestAborted);
        var replies = fails ? [] : await downstream.AskAllAsync(operation.Calls, context.Request, context.RequestAborted);

        context.Response.StatusCode = fails ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        byte[] body = Answer.Write(identity, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, fails, replies);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static int Port() => int.TryParse(Setting("PORT", ""), out int port) ? port : DefaultPort;

    private static string Setting(string name, string fallback) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : fallback;
}

/// <summary>Who answers.</summary>
internal sealed record Identity(string Service, string Version, string Pod);
