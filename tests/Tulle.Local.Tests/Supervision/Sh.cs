using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

/// <summary>Processes for tests: shell scripts that log into a folder.</summary>
internal static class Sh
{
    public static ProcessConfig Script(TemporaryFolder folder, string script, TimeSpan? grace = null) => new()
    {
        Name = "test",
        Command = ["sh", "-c", script],
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["FOLDER"] = folder.Path },
        WorkingDirectory = folder.Path,
        LogPath = folder.PathOf("test.log"),
        Grace = grace ?? TimeSpan.FromSeconds(10),
    };
}

/// <summary>Keeps what a supervisor tells.</summary>
internal sealed class Recorder : IProcessObserver
{
    private readonly List<string> _told = [];

    public ProcessIdentity? Process { get; private set; }

    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told) return [.. _told];
        }
    }

    public void Started(ProcessIdentity process, bool adopted)
    {
        Process = process;
        Add(adopted ? "adopted" : "started");
    }

    public void Ended(string how, TimeSpan wait) => Add($"{how}, again in {wait.TotalSeconds:0.#} s");

    public void Stopped() => Add("stopped");

    public Task WaitAsync(int count) => Eventually.TrueAsync(() => Told.Count >= count, Eventually.Patience, $"{count} things were told", () => string.Join('\n', Told));

    private void Add(string what)
    {
        lock (_told) _told.Add(what);
    }
}
