using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Hosting;
using Tulle.Proxy.Telemetry;

CommandLineResult line = CommandLine.Parse(args, Environment.ProcessorCount);
switch (line.Action)
{
    case CommandLineAction.ShowHelp:
        return Print(Console.OpenStandardOutput(), HelpText.Create(), ExitCodes.Success);
    case CommandLineAction.ShowVersion:
        return Print(Console.OpenStandardOutput(), $"tulle-proxy {ProxyVersion.Text}\n", ExitCodes.Success);
    case CommandLineAction.Refuse:
        return Print(Console.OpenStandardError(), string.Concat(line.Errors.Select(e => $"tulle-proxy: {e}\n")), ExitCodes.Usage);
}

ProxyConfig config = line.Config!;
var log = new Log(Console.OpenStandardError(), config.LogLevel, TimeProvider.System);
var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

return await new ProxyHost(config, TimeProvider.System, () => new Random(RandomNumberGenerator.GetInt32(int.MaxValue)).NextDouble, log, Console.OpenStandardOutput()).RunAsync(stop.Task);

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    if (!stop.TrySetResult()) Environment.Exit(ExitCodes.Interrupted);
}

static int Print(Stream output, string text, int exitCode)
{
    output.Write(Encoding.UTF8.GetBytes(text));
    return exitCode;
}
