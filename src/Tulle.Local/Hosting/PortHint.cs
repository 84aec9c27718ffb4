using System.Net;
using System.Text;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>
/// Says what a person most likely missed when a program does not answer at the port that it was told: it listens elsewhere, often at the
/// service's own port, which its sidecar has.
/// </summary>
internal static class PortHint
{
    /// <summary>How much of the end of a log is read.</summary>
    private const int Tail = 4096;

    private static readonly string[] InUse = ["address already in use", "eaddrinuse", "errno 98", "only one usage of each socket address"];

    /// <summary>For a program that runs and does not answer; empty when nothing is known.</summary>
    public static string OfRunning(ReplicaModel model, ProcessIdentity? process)
    {
        if (process is null || model.Ports.Count == 0) return "";
        IPEndPoint? elsewhere = ListeningSockets.Of(process.Pid).FirstOrDefault(address => address.Port != model.Ports[0].App);
        if (elsewhere is null) return "";
        PortModel port = model.Ports[0];
        return $"it listens at {elsewhere} instead of 127.0.0.1:{port.App}, which it was told in PORT: {Remedy(port, elsewhere.Port)}";
    }

    /// <summary>For a program that ended; empty when its log does not say that its port was taken.</summary>
    public static string OfEnded(ReplicaModel model)
    {
        if (model.Ports.Count == 0 || !LogSays(model.App.LogPath)) return "";
        PortModel port = model.Ports[0];
        return $"its log says that its address is in use: the sidecar has {model.Address}:{port.Target}, and the program must not listen at port {port.Target} on all addresses; {Remedy(port, null)}";
    }

    private static string Remedy(PortModel port, int? own) =>
        $"have it listen at 127.0.0.1 on the port in $PORT (${{PORT}} in its command){(own is { } number ? $", or join with --port {port.Port}:{number}" : "")}";

    private static bool LogSays(string path)
    {
        try
        {
            using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Seek(-Math.Min(Tail, log.Length), SeekOrigin.End);
            using var reader = new StreamReader(log, Encoding.UTF8);
            string text = reader.ReadToEnd();
            return InUse.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
