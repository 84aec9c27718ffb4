using System.Net;
using System.Security.Cryptography;
using Tulle.ApiServer;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.Kubernetes;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;
using Tulle.Local.Logs;
using Tulle.Protocol;

namespace Tulle.Local.Hosting;

/// <summary>The API server and the control plane of a one-machine mesh, at the ports that they had last time.</summary>
internal sealed class MeshServers : IAsyncDisposable
{
    private readonly KubernetesApiServer _api;
    private readonly ControlPlaneHost _controlPlane;

    private MeshServers(KubernetesApiServer api, ControlPlaneHost controlPlane, KubernetesClient client) =>
        (_api, _controlPlane, Client) = (api, controlPlane, client);

    public KubernetesClient Client { get; }

    public Uri ControlPlane => _controlPlane.Url;

    /// <summary>Opens the dashboard; a secret.</summary>
    public Uri Dashboard => _controlPlane.Dashboard!;

    /// <summary>Where applications send their own spans over HTTP.</summary>
    public Uri OtlpReceiver => _controlPlane.OtlpReceiver!.Value.Http;

    /// <summary>Where the control plane's metrics are.</summary>
    public Uri Metrics => _controlPlane.Metrics!;

    public static async Task<MeshServers> StartAsync(LocalMeshOptions options, StateFile state, AppPorts ports, CancellationToken cancellation)
    {
        MeshState last = state.Current;
        int[] chosen = ports.KeepOrChoose([last.ApiPort, last.ControlPlanePort, last.DashboardPort, last.MetricsPort, last.OtlpGrpcPort, last.OtlpHttpPort]);
        (int apiPort, int controlPlanePort, int dashboardPort) = (chosen[0], chosen[1], chosen[2]);
        (int metricsPort, int otlpGrpcPort, int otlpHttpPort) = (chosen[3], chosen[4], chosen[5]);
        string token = last.AdminToken is { Length: > 0 } kept ? kept : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        state.Update(current => current with
        {
            ApiPort = apiPort,
            ControlPlanePort = controlPlanePort,
            DashboardPort = dashboardPort,
            MetricsPort = metricsPort,
            OtlpGrpcPort = otlpGrpcPort,
            OtlpHttpPort = otlpHttpPort,
            LeavesTraces = options.LeavesTraces,
            AdminToken = token,
        });

        KubernetesApiServer api = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = options.Home.Database,
            Listen = new IPEndPoint(IPAddress.Loopback, apiPort),
            AdminToken = token,
            PodLogs = new PodLogSource(options.Home, options.Clock).WriteAsync,
            Clock = options.Clock,
        }, cancellation).ConfigureAwait(false);
        KubernetesClient? client = null;
        try
        {
            KubeconfigFile.Write(options.Home, api.Url, api.CaPem, token);
            var reach = new KubernetesOptions { Server = new Uri(api.Url), CertificateAuthorityPem = api.CaPem, Token = token, UserAgent = "tulle-local" };
            client = new KubernetesClient(reach, options.Clock);
            var controlPlaneOptions = new ControlPlaneOptions
            {
                Kubernetes = reach,
                Listen = new IPEndPoint(IPAddress.Loopback, controlPlanePort),
                TrustDomain = ProtocolNames.DefaultTrustDomain,
                HistoryPath = options.Home.History,
                Dashboard = new DashboardOptions
                {
                    Listen = new IPEndPoint(IPAddress.Loopback, dashboardPort),
                    Token = DashboardFile.KeepOrMakeToken(options.Home),
                    Mesh = options.Compose.Name,
                    Local = true,
                },
                TracesPath = options.Home.Traces,
                TraceSamplingPpm = options.TraceSamplingPpm,
                OtlpReceiver = new OtlpReceiverOptions
                {
                    Grpc = new IPEndPoint(IPAddress.Loopback, otlpGrpcPort),
                    Http = new IPEndPoint(IPAddress.Loopback, otlpHttpPort),
                },
                OtlpTarget = options.OtlpTarget,
                Prometheus = options.Prometheus,
                Metrics = new IPEndPoint(IPAddress.Loopback, metricsPort),
                Events = () => api.Events,
                Clock = options.Clock,
                Random = new Random(options.Random.Next()),
            };
            if (options.CertificateLifetime is { } lifetime) controlPlaneOptions = controlPlaneOptions with { CertificateLifetime = lifetime };
            ControlPlaneHost controlPlane = await ControlPlaneHost.StartAsync(controlPlaneOptions, cancellation).ConfigureAwait(false);
            DashboardFile.Write(options.Home, controlPlane.Dashboard!);
            api.AddReviewer(controlPlane.Reviewer);
            api.AddAggregatedGroup("insight.tulle.dev", controlPlane.Insight);
            return new MeshServers(api, controlPlane, client);
        }
        catch
        {
            client?.Dispose();
            await api.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _controlPlane.DisposeAsync().ConfigureAwait(false);
        Client.Dispose();
        await _api.DisposeAsync().ConfigureAwait(false);
    }
}
