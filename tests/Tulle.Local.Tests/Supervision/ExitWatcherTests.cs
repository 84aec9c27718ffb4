using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class ExitWatcherTests : IDisposable
{
    private const int TooManyOpenFiles = 24;
    private const int NoSuchProcess = 3;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task WatchAsync_NoDescriptorToSpare_WaitsForOneAndTellsTheExit()
    {
        bool spare = false;
        int refused = 0;
        using var watcher = new ExitWatcher((int pid, out int error) =>
        {
            if (Volatile.Read(ref spare)) return Libc.PidfdOpen(pid, out error);
            Interlocked.Increment(ref refused);
            error = TooManyOpenFiles;
            return -1;
        });
        int process = Start("exec sleep 600");
        Task<ExitStatus> exit = watcher.WatchAsync(process);
        await Eventually.TrueAsync(() => Volatile.Read(ref refused) > 2, Eventually.Patience, "it asks again and again");
        Assert.False(exit.IsCompleted);
        _ = Libc.Kill(process, Libc.SigKill);
        Volatile.Write(ref spare, true);
        Assert.Equal(Libc.SigKill, (await exit.WaitAsync(Eventually.Patience)).Signal);
    }

    [Fact]
    public async Task WatchAsync_NoSuchProcess_CompletesAtOnce()
    {
        using var watcher = new ExitWatcher((int _, out int error) =>
        {
            error = NoSuchProcess;
            return -1;
        });
        Assert.Equal(ExitStatus.Unknown, await watcher.WatchAsync(int.MaxValue).WaitAsync(Eventually.Patience));
    }

    public void Dispose() => _folder.Dispose();

    private int Start(string script)
    {
        (int pid, string? fault) = ProcessSpawner.Start(Sh.Script(_folder, script));
        Assert.Null(fault);
        return pid;
    }
}
