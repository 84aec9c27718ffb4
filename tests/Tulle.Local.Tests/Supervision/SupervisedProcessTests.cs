using System.Diagnostics;
using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Supervision;

public sealed class SupervisedProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ExitWatcher _watcher = new();
    private readonly Recorder _recorder = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task RunAsync_ProcessEnds_StartsItAgainAfterOneSecond()
    {
        Task running = Run(Sh.Script(_folder, "echo run >> runs; exit 3"));

        await _recorder.WaitAsync(3);
        await StopAsync(running);

        Assert.Equal(["started", "ended with exit code 3, again in 1 s", "started"], _recorder.Told.Take(3));
        Assert.True(File.ReadAllLines(_folder.PathOf("runs")).Length >= 2);
    }

    [Fact]
    public async Task RunAsync_Killed_SaysSo()
    {
        Task running = Run(Sh.Script(_folder, "exec sleep 600"));
        await _recorder.WaitAsync(1);

        CpuWaits waits = CpuWaits.Begin([]);
        RunningProcess.SendTo(_recorder.Process!.Pid, Signal.Kill);
        long killed = Stopwatch.GetTimestamp();
        await _recorder.WaitAsync(2);

        Assert.True(Stopwatch.GetElapsedTime(killed) < TimeSpan.FromSeconds(1) + waits.SoFar, "an exit is told at once");
        Assert.Equal("was killed (SIGKILL), again in 1 s", _recorder.Told[1]);
        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_Stopped_LetsTheProcessFinish()
    {
        Task running = Run(Sh.Script(_folder, "trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.05; done"));
        await Eventually.TrueAsync(() => Log().Contains("hello", StringComparison.Ordinal), Eventually.Patience, "it says hello");

        await StopAsync(running);

        Assert.Contains("bye", Log(), StringComparison.Ordinal);
        Assert.Equal("stopped", _recorder.Told[^1]);
    }

    [Fact]
    public async Task RunAsync_ProcessIgnoresTerm_IsKilledAfterTheGraceTime()
    {
        Task running = Run(Sh.Script(_folder, "trap '' TERM; echo ready; while :; do sleep 0.05; done", TimeSpan.FromMilliseconds(300)));
        await Eventually.TrueAsync(() => Log().Contains("ready", StringComparison.Ordinal), Eventually.Patience, "it is ready");

        await StopAsync(running);

        Assert.False(_recorder.Process!.IsAlive);
    }

    [Fact]
    public async Task RunAsync_StoppedShellWithChildren_LeavesNoChild()
    {
        Task running = Run(Sh.Script(_folder, "sleep 600 & echo $! > child; wait"));
        await Eventually.TrueAsync(() => File.Exists(_folder.PathOf("child")) && File.ReadAllText(_folder.PathOf("child")).EndsWith('\n'), Eventually.Patience, "the child runs");
        int child = int.Parse(File.ReadAllText(_folder.PathOf("child")));

        await StopAsync(running);

        await Eventually.TrueAsync(() => !RunningProcess.IsAlive(child), Eventually.Patience, "the child is gone");
    }

    [Fact]
    public async Task RunAsync_Process_LeadsItsOwnSessionAndTakesNoSignalMask()
    {
        // A process that inherited an ignored SIGPIPE would let yes(1) run on for ever.
        Task running = Run(Sh.Script(_folder, "yes | head -n 1; echo after; exec sleep 600"));
        await Eventually.TrueAsync(() => Log() == "y\nafter\n", Eventually.Patience, "yes ends", Log);

        string[] fields = File.ReadAllText($"/proc/{_recorder.Process!.Pid}/stat").Split(')')[1].Trim().Split(' ');

        Assert.Equal(_recorder.Process.Pid.ToString(), fields[3]);
        await StopAsync(running);
    }

    [Fact]
    public async Task RunAsync_NoSuchProgram_SaysWhatToDo()
    {
        Task running = Run(Sh.Script(_folder, "") with { Command = ["no-such-program-here"] });

        await _recorder.WaitAsync(1);
        await StopAsync(running);

        Assert.StartsWith("cannot start: there is no program \"no-such-program-here\" in the PATH; install it", _recorder.Told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProcessOfAnEarlierSupervisor_IsAdoptedAndItsEndSeen()
    {
        ProcessConfig config = Sh.Script(_folder, "echo run >> runs; exec sleep 600");
        // What a supervisor that was killed leaves behind: a process in its own session that nobody waits for.
        (int pid, _) = ProcessSpawner.Start(config);
        ProcessIdentity left = ProcessIdentity.Of(pid)!;

        Task running = Run(config, left);
        await _recorder.WaitAsync(1);
        RunningProcess.SendTo(pid, Signal.Kill);
        await _recorder.WaitAsync(3);
        await StopAsync(running);

        Assert.Equal("adopted", _recorder.Told[0]);
        Assert.Equal("started", _recorder.Told[2]);
        Assert.NotEqual(left, _recorder.Process);
    }

    [Fact]
    public async Task RunAsync_NumberWentToAnotherProcess_IsNotAdopted()
    {
        var stranger = new ProcessIdentity(Environment.ProcessId, StartTime: 1);

        Task running = Run(Sh.Script(_folder, "exec sleep 600"), stranger);
        await _recorder.WaitAsync(1);
        await StopAsync(running);

        Assert.Equal("started", _recorder.Told[0]);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _watcher.Dispose();
        _folder.Dispose();
    }

    private Task Run(ProcessConfig config, ProcessIdentity? adopt = null) =>
        new SupervisedProcess(config, _watcher, TimeProvider.System, _recorder).RunAsync(adopt, _stop.Token);

    private async Task StopAsync(Task running)
    {
        _stop.Cancel();
        await running.WaitAsync(Eventually.Patience);
    }

    private string Log() => File.Exists(_folder.PathOf("test.log")) ? File.ReadAllText(_folder.PathOf("test.log")) : "";
}
