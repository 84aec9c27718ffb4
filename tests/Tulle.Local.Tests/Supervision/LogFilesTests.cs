using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class LogFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TurnOver_OneFileThatCannotBe_TheOthersAreAllTheSame()
    {
        foreach (string name in (string[])["a.log", "b.log", "c.log"]) _folder.Write(name, new string('x', 100));
        // As after a run as another user.
        Directory.CreateDirectory(_folder.PathOf("b.log.1"));

        new LogFiles(_folder.Path, TimeProvider.System).TurnOver(maxBytes: 50);

        Assert.Equal([0, 100, 0], ((string[])["a.log", "b.log", "c.log"]).Select(name => new FileInfo(_folder.PathOf(name)).Length));
    }

    [Fact]
    public async Task TurnOver_FileOfARunningProcessIsTooLarge_KeepsOneEarlierFileAndGoesOn()
    {
        using var watcher = new ExitWatcher();
        (int pid, _) = ProcessSpawner.Start(Sh.Script(_folder, "i=0; while :; do i=$((i+1)); echo line $i; sleep 0.01; done"));
        string log = _folder.PathOf("test.log");
        await Eventually.TrueAsync(() => File.Exists(log) && new FileInfo(log).Length > 100, Eventually.Patience, "the log grows");

        new LogFiles(_folder.Path, TimeProvider.System).TurnOver(maxBytes: 100);

        Assert.StartsWith("line 1\n", File.ReadAllText($"{log}.1"), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => File.ReadAllText(log).StartsWith("line ", StringComparison.Ordinal), Eventually.Patience, "the next line stands at the start", () => File.ReadAllText(log));
        await ProcessEnding.EndAsync(ProcessIdentity.Of(pid), watcher, TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    [Fact]
    public void TurnOver_SmallFile_StaysAsItIs()
    {
        _folder.Write("test.log", "small");

        new LogFiles(_folder.Path, TimeProvider.System).TurnOver();

        Assert.False(File.Exists(_folder.PathOf("test.log.1")));
    }

    public void Dispose() => _folder.Dispose();
}
