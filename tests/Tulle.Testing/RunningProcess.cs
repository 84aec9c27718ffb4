using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tulle.Testing;

/// <summary>What a process that has ended left behind.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

/// <summary>A real process under test: its output is kept, and it does not outlive the test.</summary>
public sealed partial class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _readers;

    private RunningProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        _readers = Task.WhenAll(Pump(process.StandardOutput, _output), Pump(process.StandardError, _error));
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All of standard output so far.</summary>
    public string Output => Snapshot(_output);

    /// <summary>All of standard error so far.</summary>
    public string Error => Snapshot(_error);

    public static RunningProcess Start(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null, string? input = null)
    {
        // A shell in the background ignores these signals and passes that on to whatever it starts; a test that interrupts a
        // process means it. env executes the program in its own place, so the pid is the program's.
        ProcessStartInfo start = new("/usr/bin/env", ["--default-signal=HUP,INT,QUIT", "--", file, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        RunningProcess running = new(process, Path.GetFileName(file));
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }
        process.StandardInput.Close();
        return running;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> RunAsync(
        string file, IEnumerable<string> arguments, TimeSpan within, IReadOnlyDictionary<string, string?>? environment = null, string? folder = null, string? input = null)
    {
        await using RunningProcess process = Start(file, arguments, environment, folder, input);
        int code = await process.WaitForExitAsync(within);
        return new CommandResult(code, process.Output, process.Error);
    }

    /// <summary>Waits until standard output or standard error contains a text.</summary>
    public async Task WaitForTextAsync(string text, TimeSpan within)
    {
        await Eventually.TrueAsync(() => Says(text) || HasExited, within, $"{_name} says '{text}'", Show);
        if (!Says(text)) throw new InvalidOperationException($"{_name} ended with exit code {await WaitForExitAsync(within)} before it said '{text}'\n{Show()}");
    }

    private bool Says(string text) => Output.Contains(text, StringComparison.Ordinal) || Error.Contains(text, StringComparison.Ordinal);

    /// <summary>Waits for the end and for the last of its output.</summary>
    /// <returns>The exit code; 128 + N after signal N.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan within)
    {
        using CancellationTokenSource late = new(within);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_name} (pid {Id}) did not end within {within.TotalSeconds:0.#} s\n{Show()}");
        }
        // Children that inherited the pipes may keep them open; what they write is not waited for.
        await Task.WhenAny(_readers, Task.Delay(TimeSpan.FromSeconds(1)));
        return _process.ExitCode;
    }

    /// <summary>Sends a signal; does nothing when the process has ended.</summary>
    public void Send(Signal signal)
    {
        if (!HasExited)
        {
            SendTo(Id, signal);
        }
    }

    /// <summary>Sends a signal to a process that is not ours to start, such as a sidecar of the mesh under test.</summary>
    /// <returns>Whether that process existed.</returns>
    public static bool SendTo(int pid, Signal signal) => Kill(pid, (int)signal) == 0;

    public static bool IsAlive(int pid)
    {
        // A zombie still has a pid; it counts as ended.
        string stat = $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat";
        try
        {
            string text = File.ReadAllText(stat);
            return text[(text.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The processes that this one started and that still run.</summary>
    public IReadOnlyList<int> Children() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0]))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(pid => ParentOf(pid) == Id && IsAlive(pid))];

    public string Show() => $"--- stdout of {_name}\n{Tail(Output)}\n--- stderr of {_name}\n{Tail(Error)}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Send(Signal.Continue);
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private static int ParentOf(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            // The fourth field of proc(5); the second may hold anything.
            return int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : $"…{text[^4000..]}";

    private static async Task Pump(StreamReader from, StringBuilder to)
    {
        char[] buffer = new char[4096];
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            lock (to)
            {
                to.Append(buffer, 0, read);
            }
        }
    }

    private static string Snapshot(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}

/// <summary>Linux signal numbers (signal(7), x86-64).</summary>
public enum Signal
{
    None = 0,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
