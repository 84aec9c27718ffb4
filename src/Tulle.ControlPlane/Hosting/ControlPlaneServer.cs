using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Hosting;

/// <summary>The server that proxies connect to: gRPC over HTTP/2 and TLS, with everything that answers them.</summary>
internal static class ControlPlaneServer
{
    public static WebApplication Build(ControlPlaneOptions options, KubernetesClient kubernetes, MeshIssuer issuer, Lifetime lifetime)
    {
        // The empty builder reads neither the environment nor settings files: everything is said in the options.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.Logging);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddSingleton(kubernetes);
        builder.Services.AddSingleton(issuer);
        builder.Services.AddSingleton(lifetime);
        ControlPlaneParts.Add(builder.Services, options);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPool>();
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            // A traffic report of 500 series is about 100 KB.
            grpc.MaxReceiveMessageSize = 1024 * 1024;
            grpc.EnableDetailedErrors = false;
        });

        var certificate = new ServerCertificate(issuer, options.Listen.Address, options.Clock, options.Logging.CreateLogger<ServerCertificate>());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options.Listen, certificate));
        WebApplication server = builder.Build();
        server.MapGrpcService<DiscoveryService>();
        server.MapGrpcService<CertificateAuthorityService>();
        server.MapGrpcService<InsightService>();
        return server;
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint endpoint, ServerCertificate certificate)
    {
        kestrel.AddServerHeader = false;
        // Notices a proxy whose machine vanished; half of what Linkerd and gRPC use by default, so that "connected" means something.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Current()) });
        });
    }
}
