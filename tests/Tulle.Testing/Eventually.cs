using System.Diagnostics;

namespace Tulle.Testing;

/// <summary>Waits for a condition, as often as it takes and no longer than it may.</summary>
public static class Eventually
{
    /// <summary>How long to wait where how long it takes is not the question: no busy machine needs that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, for the message: "the pod is ready".</param>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, TimeSpan within, string what, Func<string>? details = null)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return watch.Elapsed;
                }
                last = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                last = exception;
            }
            if (watch.Elapsed > within)
            {
                throw new TimeoutException($"waited {within.TotalSeconds:0.#} s until {what}, in vain{(last is null ? "" : $" ({last.Message})")}{Show(details)}", last);
            }
            await Task.Delay(Pause);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, TimeSpan, string, Func{string})"/>
    public static Task<TimeSpan> TrueAsync(Func<bool> condition, TimeSpan within, string what, Func<string>? details = null) =>
        TrueAsync(() => Task.FromResult(condition()), within, what, details);

    private static string Show(Func<string>? details) => details is null ? "" : $"\n{details()}";
}
