using System.Net;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>
/// Says what a person most likely missed when a program does not answer at the port that it was told: it listens elsewhere, often at the
/// service's own port, which its sidecar has.
/// </summary>
internal static class PortHint
{
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
    /// <param name="model">What ran.</param>
    /// <param name="from">Where in its log it began to write, in bytes.</param>
    public static string OfEnded(ReplicaModel model, long from = 0)
    {
        if (model.Ports.Count == 0 || !InUse.Any(words => LogEnd.Read(model.App.LogPath, from).Contains(words, StringComparison.OrdinalIgnoreCase))) return "";
        PortModel port = model.Ports[0];
        return $"its log says that its address is in use: the sidecar has {model.Address}:{port.Target}, and the program must not listen at port {port.Target} on all addresses; {Remedy(port, null)}";
    }

    /// <summary>For a sidecar that ended; empty when it did not end because a port of this machine that the Compose file asks for was taken.</summary>
    /// <param name="log">Its log.</param>
    /// <param name="from">Where in it this run began to write, in bytes.</param>
    public static string OfSidecar(string log, long from = 0)
    {
        const string Words = "cannot listen on 127.0.0.1:";
        string line = LogEnd.LastLine(log, from);
        int at = line.IndexOf(Words, StringComparison.Ordinal);
        if (at < 0 || !InUse.Any(words => line.Contains(words, StringComparison.OrdinalIgnoreCase))) return "";
        string port = new([.. line.Skip(at + Words.Length).TakeWhile(char.IsAsciiDigit)]);
        return $"another program has 127.0.0.1:{port} ('ss -ltnp' names it): end that, or publish another port in the Compose file";
    }

    private static string Remedy(PortModel port, int? own) =>
        $"have it listen at 127.0.0.1 on the port in $PORT (${{PORT}} in its command){(own is { } number ? $", or join with --port {port.Port}:{number}" : "")}";
}
