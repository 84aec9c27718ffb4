using System.CommandLine;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Configuration;

namespace Tulle.Cli;

/// <summary>The mesh that a command speaks to: where it was found and a client of its API.</summary>
internal sealed class MeshSession : IDisposable
{
    private MeshSession(MeshLocation location, KubernetesClient client)
    {
        Location = location;
        Client = client;
    }

    public MeshLocation Location { get; }

    public KubernetesClient Client { get; }

    /// <summary>Namespace of the kubeconfig's context.</summary>
    public string Namespace => Client.Options.Namespace;

    /// <param name="environment">Where to look.</param>
    /// <param name="global">The options that say which mesh.</param>
    /// <param name="line">Their values.</param>
    /// <param name="onWarning">Receives the warnings of the API server; they are dropped when null.</param>
    /// <param name="timeout">Time one request may take; the client's default when null.</param>
    /// <exception cref="CliException">None is found, or its kubeconfig cannot be used.</exception>
    public static MeshSession Open(
        CliEnvironment environment, GlobalOptions global, ParseResult line, Action<string>? onWarning = null, TimeSpan? timeout = null)
    {
        MeshLocation location = MeshLocation.Find(environment, line.GetValue(global.Kubeconfig));
        try
        {
            KubernetesOptions options = KubeConfig.Load(location.KubeconfigPath).ToOptions(line.GetValue(global.Context)) with
            {
                OnWarning = onWarning,
                UserAgent = $"tulle/{ClientVersion.Text}",
            };
            return new MeshSession(location, new KubernetesClient(
                timeout is null ? options : options with { RequestTimeout = timeout.Value }, environment.Clock));
        }
        catch (KubeConfigException exception)
        {
            throw new CliException($"{exception.Message} (found as {location.Origin})", ExitCodes.NoMesh);
        }
    }

    public void Dispose() => Client.Dispose();
}
