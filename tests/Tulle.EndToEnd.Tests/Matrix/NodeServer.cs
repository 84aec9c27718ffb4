using System.Net;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>The Node.js programs of the gRPC cases; scripts/node-packages.sh installs what they need.</summary>
internal static partial class NodeServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Script(string name)
    {
        string folder = RepositoryFolder.PathOf("tests", "Tulle.EndToEnd.Tests", "Apps", "node");
        return Directory.Exists(Path.Combine(folder, "node_modules"))
            ? Path.Combine(folder, name)
            : throw new InvalidOperationException("the Node.js packages of the gRPC cases are missing; install them with scripts/node-packages.sh");
    }

    /// <summary>Starts the server and waits until it listens.</summary>
    public static async Task<(RunningProcess Process, IPEndPoint Address)> StartAsync()
    {
        RunningProcess process = RunningProcess.Start("node", [Script("server.js")]);
        await process.WaitForTextAsync("listening on ", Patience);
        return (process, new IPEndPoint(IPAddress.Loopback, int.Parse(Port().Match(process.Output).Groups[1].Value)));
    }

    public static Task<CommandResult> RunClientAsync(IPEndPoint server) =>
        RunningProcess.RunAsync("node", [Script("client.js"), server.ToString()], Patience);

    [GeneratedRegex(@"listening on (\d+)")]
    private static partial Regex Port();
}
