using System.Globalization;
using SharpFuzz;

namespace Tulle.Http.Fuzz;

/// <summary>The ways to run a fuzz target.</summary>
internal static class CommandLine
{
    private const string Help = """
        Fuzz targets of the HTTP codecs and of detection.

        Usage: Tulle.Http.Fuzz TARGET [--smoke N | --minutes M] [--seed S] [--replay FILE]

          TARGET       request, response, body, client-hello, detection, http2, hpack, trace, or all (not for a fuzzer)
          --smoke N    N random mutations of the seed corpus, without an external fuzzer; the same for the same seed
          --minutes M  the same for a time, all targets together
          --seed S     default 1
          --replay F   one input, such as a crash that a fuzzer found

        A failure prints the input in hexadecimal and ends with exit code 1.

        Build for a coverage-guided fuzzer, and instrument the codec:
          dotnet tool install --global SharpFuzz.CommandLine
          dotnet publish tests/Tulle.Http.Fuzz -c Release -o artifacts/fuzz
          sharpfuzz artifacts/fuzz/Tulle.Http.dll

        AFL++ (Debian: apt-get install afl++):
          AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 afl-fuzz -m none -t 5000 -i tests/Tulle.Http.Fuzz/Corpus/request \
            -o artifacts/findings -- artifacts/fuzz/Tulle.Http.Fuzz request

        libFuzzer (with the driver of github.com/Metalnem/libfuzzer-dotnet):
          libfuzzer-dotnet --target_path=artifacts/fuzz/Tulle.Http.Fuzz --target_arg=request tests/Tulle.Http.Fuzz/Corpus/request
        """;

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        if (arguments.Length == 0 || arguments.Contains("--help"))
        {
            output.WriteLine(Help);
            return arguments.Length == 0 ? 2 : 0;
        }

        IFuzzTarget[] targets = FuzzTargets.Named(arguments[0]);
        if (targets.Length == 0)
        {
            error.WriteLine($"There is no target \"{arguments[0]}\"; the targets are {string.Join(", ", FuzzTargets.All.Select(t => t.Name))} and all.");
            return 2;
        }

        string? smoke = Option(arguments, "--smoke"), minutes = Option(arguments, "--minutes"), replay = Option(arguments, "--replay");
        if (replay is not null)
        {
            foreach (IFuzzTarget target in targets) target.Run(File.ReadAllBytes(replay));
            output.WriteLine($"{replay} passes.");
            return 0;
        }
        if (smoke is not null) return RunSmoke(targets, smoke, Option(arguments, "--seed") ?? "1", output, error);
        if (minutes is not null) return RunForTime(targets, minutes, Option(arguments, "--seed") ?? "1", output, error);

        RunFuzzer(targets[0]);
        return 0;
    }

    private static int RunSmoke(IFuzzTarget[] targets, string count, string seed, TextWriter output, TextWriter error)
    {
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || !int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out int start))
        {
            error.WriteLine("--smoke and --seed take a number.");
            return 2;
        }

        bool passed = true;
        foreach (IFuzzTarget target in targets) passed &= Smoke.Run(target, iterations, start, output, error);
        return passed ? 0 : 1;
    }

    private static int RunForTime(IFuzzTarget[] targets, string minutes, string seed, TextWriter output, TextWriter error)
    {
        if (!double.TryParse(minutes, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double time)
            || !int.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out int start))
        {
            error.WriteLine("--minutes and --seed take a number.");
            return 2;
        }
        return Smoke.RunForTime(targets, TimeSpan.FromMinutes(time), start, TimeProvider.System, output, error) ? 0 : 1;
    }

    private static void RunFuzzer(IFuzzTarget target)
    {
        // libFuzzer's driver sets this variable for the shared memory it passes inputs in; AFL pipes them.
        if (Environment.GetEnvironmentVariable("__LIBFUZZER_SHM_ID") is not null) Fuzzer.LibFuzzer.Run(target.Run);
        else Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
    }

    private static string? Option(string[] arguments, string name)
    {
        int index = Array.IndexOf(arguments, name);
        return index >= 0 && index + 1 < arguments.Length ? arguments[index + 1] : null;
    }
}
