using System.Text.RegularExpressions;
using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>Time and randomness are injected, so that a test decides what they are.</summary>
public sealed partial class AmbientTests
{
    [Fact]
    public void Time_IsInjected() => Law.Holds(
        "time comes from a TimeProvider: no DateTime.Now, Stopwatch, TickCount, Thread.Sleep or System.Threading.Timer in src/",
        Law.Matches(Repository.Product, AmbientTime()));

    [Fact]
    public void Delays_TakeATimeProvider() => Law.Holds(
        "Task.Delay, PeriodicTimer and WaitAsync with a time take a TimeProvider, so that tests fire timers by hand",
        Repository.Product.SelectMany(DelaysWithoutProvider));

    [Fact]
    public void SystemClock_IsChosenOnlyByExecutables() => Law.Holds(
        "TimeProvider.System is chosen by executables (src/Tulle.Cli/Program.cs, src/Tulle.Proxy/Program.cs); elsewhere it is at most the default of an injected clock",
        Law.Matches(
            Repository.Product.Where(f => f.Name is not ("src/Tulle.Cli/Program.cs" or "src/Tulle.Proxy/Program.cs")),
            SystemClock()));

    [Fact]
    public void Randomness_IsInjected() => Law.Holds(
        "executables choose the randomness and inject it: no Random.Shared or new Random() in src/ (RandomNumberGenerator is for secrets only)",
        Law.Matches(Repository.Product.Where(f => f.Project != "Tulle.Cli" && f.Name != "src/Tulle.Proxy/Program.cs"), AmbientRandomness()));

    private static IEnumerable<string> DelaysWithoutProvider(SourceFile file)
    {
        string code = string.Join('\n', file.Code);
        foreach (Match call in Delay().Matches(code))
        {
            string arguments = Arguments(code, call.Index + call.Length);
            if (!Provider().IsMatch(arguments))
            {
                int line = code.AsSpan(0, call.Index).Count('\n') + 1;
                yield return $"{file}:{line}: {call.Value}{arguments})";
            }
        }
    }

    /// <summary>The text from after an opening parenthesis to the one that closes it.</summary>
    private static string Arguments(string code, int from)
    {
        int depth = 1, at = from;
        while (at < code.Length && depth > 0)
        {
            depth += code[at] switch { '(' => 1, ')' => -1, _ => 0 };
            at++;
        }
        return code[from..(at - 1)];
    }

    [GeneratedRegex(@"\b(DateTime\.(Now|UtcNow|Today)|DateTimeOffset\.(Now|UtcNow)|Stopwatch\b|Environment\.TickCount(64)?|Thread\.Sleep|new (System\.Threading\.)?Timer\()")]
    private static partial Regex AmbientTime();

    [GeneratedRegex(@"\bTask\.Delay\(|\bnew PeriodicTimer\(")]
    private static partial Regex Delay();

    [GeneratedRegex(@"[cC]lock|[tT]imeProvider|\b_?time\b")]
    private static partial Regex Provider();

    [GeneratedRegex(@"(?<!\?\? |; \} = |init; \} = )\bTimeProvider\.System\b")]
    private static partial Regex SystemClock();

    [GeneratedRegex(@"\bRandom\.Shared\b|\bnew Random\(\s*\)")]
    private static partial Regex AmbientRandomness();
}
