using Tulle.ApiServer;
using Tulle.Local.Hosting;
using Tulle.Protocol;

namespace Tulle.Local.Logs;

/// <summary>Answers <c>kubectl logs</c> from the log files.</summary>
internal sealed class PodLogSource(MeshHome home, TimeProvider clock)
{
    public async Task<string?> WriteAsync(PodLogRequest request, Stream output, CancellationToken cancellation)
    {
        string? path = request.Container switch
        {
            null or "app" => home.AppLog(request.Pod),
            ProtocolNames.SidecarContainer => home.ProxyLog(request.Pod),
            _ => null,
        };
        if (path is null) return $"pod {request.Pod} has no container {request.Container}; it has app and {ProtocolNames.SidecarContainer}";
        if (request.Previous) path = $"{path}.1";
        if (!File.Exists(path) && !request.Follow) return null;
        await LogReader.CopyAsync(path, output, request.TailLines, request.Follow, clock, cancellation).ConfigureAwait(false);
        return null;
    }
}
