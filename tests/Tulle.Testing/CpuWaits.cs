using System.Globalization;

namespace Tulle.Testing;

/// <summary>
/// For how long a busy machine has held up some processes since a moment: what a promise about time may take longer there. It counts, from
/// Linux' own books, the time that each process' most delayed thread stood in line for a core, and the time that the whole machine
/// was not run by its host.
/// </summary>
public sealed class CpuWaits
{
    private const double JiffiesPerSecond = 100;

    private readonly int[] _processes;
    private readonly Dictionary<string, TimeSpan> _begin = [];
    private readonly TimeSpan _stolen;

    private CpuWaits(IEnumerable<int> processes)
    {
        _processes = [Environment.ProcessId, .. processes];
        foreach (int process in _processes)
        {
            foreach ((string thread, TimeSpan waited) in Threads(process)) _begin[thread] = waited;
        }
        _stolen = Stolen();
    }

    /// <summary>Begins to watch this process and the given ones: those that work on what is promised, one after the other.</summary>
    public static CpuWaits Begin(IEnumerable<int> processes) => new(processes);

    /// <summary>Until now. Zero where the kernel keeps no such books.</summary>
    public TimeSpan SoFar => _processes.Aggregate(Stolen() - _stolen, (sum, process) => sum + Threads(process).Select(Waited).DefaultIfEmpty().Max());

    private TimeSpan Waited((string Thread, TimeSpan Waited) thread) => thread.Waited - _begin.GetValueOrDefault(thread.Thread);

    /// <summary>proc(5): <c>schedstat</c> has the time on a core, the time in line for one, and how often; nanoseconds.</summary>
    private static IEnumerable<(string Thread, TimeSpan Waited)> Threads(int process)
    {
        foreach (string thread in Files($"/proc/{process}/task"))
        {
            string[] fields = Read(Path.Combine(thread, "schedstat")).Split(' ');
            if (fields.Length >= 2) yield return (thread, TimeSpan.FromMicroseconds(long.Parse(fields[1], CultureInfo.InvariantCulture) / 1_000));
        }
    }

    /// <summary>proc(5): <c>stat</c>, the eighth number of all cores together.</summary>
    private static TimeSpan Stolen()
    {
        string[] fields = Read("/proc/stat").Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 8 ? TimeSpan.FromSeconds(long.Parse(fields[8], CultureInfo.InvariantCulture) / JiffiesPerSecond) : TimeSpan.Zero;
    }

    // A thread, or its whole process, may end at any moment.
    private static string[] Files(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
