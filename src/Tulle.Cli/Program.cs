using System.Runtime.InteropServices;
using System.Text;
using Tulle.Cli;
using Tulle.Cli.Terminal;

using CancellationTokenSource stop = new();
int signals = 0;

// The first signal asks the command to stop in order; a second one means that the person has stopped waiting.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    if (Interlocked.Increment(ref signals) > 1)
    {
        Environment.Exit(ExitCodes.Interrupted);
    }
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
bool unread = false;

// Without a reader there is nothing left to do, as after a signal.
void Unread()
{
    unread = true;
    stop.Cancel();
}

using StreamWriter output = new(StandardOutput.Open(Unread), utf8) { AutoFlush = true };
using StreamWriter error = new(Console.OpenStandardError(), utf8) { AutoFlush = true };

CliEnvironment environment = new()
{
    Output = output,
    Error = error,
    Input = Console.In,
    OutputIsTerminal = !Console.IsOutputRedirected,
    ErrorIsTerminal = !Console.IsErrorRedirected,
    Width = () => Console.IsOutputRedirected ? 120 : Console.WindowWidth,
    Height = () => Console.IsOutputRedirected ? 24 : Console.WindowHeight,
    Key = new Keyboard().Next,
    Variable = Environment.GetEnvironmentVariable,
    Variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string)v.Value!),
    HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
    WorkingFolder = Environment.CurrentDirectory,
    ExecutablePath = Environment.ProcessPath ?? "",
    Clock = TimeProvider.System,
};

int code = await CommandLine.RunAsync(args, environment, stop.Token);
// A reader that has seen enough, such as head, is no interruption: a script with pipefail goes on.
return unread && code == ExitCodes.Interrupted ? ExitCodes.Success : code;
