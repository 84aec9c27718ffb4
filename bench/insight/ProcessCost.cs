using System.Diagnostics;
using System.Globalization;

namespace Tulle.Bench.Insight;

/// <summary>CPU time and memory of a process, from <c>/proc</c>.</summary>
internal sealed class ProcessCost(int pid)
{
    // USER_HZ, which is 100 on every Linux that there is.
    private const double TicksPerSecond = 100;

    /// <summary>Memory goes up and down between two collections: it is looked at once a second.</summary>
    private static readonly TimeSpan Sample = TimeSpan.FromSeconds(1);

    /// <param name="reports">Says how many reports a second there were.</param>
    public async Task PrintAsync(string phase, TimeSpan time, Func<string>? reports = null)
    {
        double before = CpuSeconds();
        var memory = new List<double>();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            await Task.Delay(Sample);
            memory.Add(ResidentMegabytes());
        }
        double share = (CpuSeconds() - before) / watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {phase} | {reports?.Invoke() ?? "0"} | {share * 100:0.0} | {memory.Average():0} | {memory.Min():0} to {memory.Max():0} |"));
    }

    private double CpuSeconds()
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private double ResidentMegabytes()
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
