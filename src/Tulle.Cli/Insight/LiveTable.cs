namespace Tulle.Cli.Insight;

/// <summary>Prints numbers once, or again every second until interrupted: in place on a terminal, below each other elsewhere.</summary>
internal static class LiveTable
{
    // As often as proxies report; more often shows the same numbers again.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="environment">Where to print.</param>
    /// <param name="watch">Again and again.</param>
    /// <param name="json">What is printed is JSON, and is not set apart by empty lines.</param>
    /// <param name="readAsync">Fetches the numbers and returns what prints them.</param>
    /// <param name="stop">Ends a watch.</param>
    public static async Task PrintAsync(
        CliEnvironment environment, bool watch, bool json, Func<CancellationToken, Task<Action>> readAsync, CancellationToken stop)
    {
        if (!watch)
        {
            (await readAsync(stop))();
            return;
        }
        using PeriodicTimer timer = new(Interval, environment.Clock);
        bool first = true;
        try
        {
            do
            {
                Action print = await readAsync(stop);
                if (!json && environment.OutputIsTerminal)
                {
                    // Home and erase below: the table stays where it is instead of scrolling away.
                    environment.Output.Write("\e[H\e[J");
                }
                else if (!json && !first)
                {
                    environment.Output.WriteLine();
                }
                first = false;
                print();
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever watches ends it so: that is no failure.
        }
    }
}
