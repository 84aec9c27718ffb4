using System.CommandLine;
using Tulle.Cli.Help;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;
using Tulle.Local.Hosting;

namespace Tulle.Cli;

/// <summary>Runs one command line and turns every way it can end into an exit code and, where needed, one sentence.</summary>
internal static class CommandLine
{
    // errno.h, which .NET hands on as HResult
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <summary>Never throws for what a person can cause.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(string[] arguments, CliEnvironment environment, CancellationToken stop)
    {
        TulleCommand root = new(environment);
        ParseResult line = root.Parse(arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if ((line.Errors.Count > 0 || UsageError.MistakenForAName(line) is not null) && line.Action is not HelpPrinter)
        {
            Say.Error(environment, UsageError.Describe(line));
            return ExitCodes.Usage;
        }

        try
        {
            InvocationConfiguration invocation = new()
            {
                Output = environment.Output,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await line.InvokeAsync(invocation, stop);
        }
        catch (CliException exception)
        {
            Say.Error(environment, exception.Message);
            return exception.ExitCode;
        }
        catch (MeshStartException exception)
        {
            Say.Error(environment, exception.Message);
            return exception.AlreadyRunning ? ExitCodes.AlreadyRunning : ExitCodes.Failure;
        }
        catch (ApiUnreachableException exception)
        {
            Say.Error(environment, $"{exception.Message}; {ApiTrouble.Remedy(exception)}");
            return ExitCodes.NoMesh;
        }
        catch (ApiStatusException exception)
        {
            Say.Error(environment, ApiTrouble.Remedy(exception) is { Length: > 0 } remedy ? $"{exception.Message}: {remedy}" : exception.Message);
            return exception.Code == 422 ? ExitCodes.Refused : ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException exception) when (IsBrokenPipe(exception))
        {
            // The reader of our output (head, less) has seen enough; that is no failure.
            return ExitCodes.Success;
        }
        catch (IOException exception) when (exception.HResult is NoSpace or ReadOnlyFileSystem or QuotaExceeded)
        {
            Say.Error(environment, $"a file cannot be written: {exception.Message}; make room there, or name another state folder with TULLE_HOME");
            return ExitCodes.Failure;
        }
        catch (Exception exception)
        {
            bool trace = environment.Variable("TULLE_DEBUG") is { Length: > 0 };
            Say.Error(environment, $"unexpected error, a bug in tulle: {(trace ? exception : exception.Message)}{(trace ? "" : " (set TULLE_DEBUG=1 to see where)")}");
            return ExitCodes.Failure;
        }
    }

    private static bool IsBrokenPipe(IOException exception) => exception.HResult == 32 || exception.Message.Contains("Broken pipe", StringComparison.Ordinal);
}
