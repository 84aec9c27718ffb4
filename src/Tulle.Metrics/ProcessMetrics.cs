using System.Diagnostics;
using static Tulle.Metrics.MetricDefinition;

namespace Tulle.Metrics;

/// <summary>What each of our processes says of itself, under the names that Prometheus' client libraries gave it.</summary>
public static class ProcessMetrics
{
    private static readonly MetricDefinition Uptime = Counter("process_uptime_seconds_total", "seconds", [], "Since the start.");
    private static readonly MetricDefinition StartTime = Gauge("process_start_time_seconds", "seconds", [], "When the process began, since 1970.");
    private static readonly MetricDefinition Cpu = Counter("process_cpu_seconds_total", "seconds", [], "CPU time used, user and system.");
    private static readonly MetricDefinition Resident = Gauge("process_resident_memory_bytes", "bytes", [], "Memory that is in RAM.");
    private static readonly MetricDefinition Virtual = Gauge("process_virtual_memory_bytes", "bytes", [], "Address space in use.");
    private static readonly MetricDefinition OpenFiles = Gauge("process_open_fds", "", [], "Open file descriptors.");
    private static readonly MetricDefinition Threads = Gauge("process_threads", "", [], "Threads.");
    private static readonly MetricDefinition Heap = Gauge("dotnet_gc_heap_bytes", "bytes", [], "Managed memory in use.");
    private static readonly MetricDefinition Collections = Counter("dotnet_gc_collections_total", "", [], "Garbage collections.");

    public static IReadOnlyList<MetricDefinition> All { get; } = [Uptime, StartTime, Cpu, Resident, Virtual, OpenFiles, Threads, Heap, Collections];

    /// <summary>Writes them as they are now.</summary>
    /// <param name="startedAt">When the process began.</param>
    /// <param name="now">The time.</param>
    public static void Write(ExpositionWriter writer, DateTimeOffset startedAt, DateTimeOffset now)
    {
        using var process = Process.GetCurrentProcess();
        writer.Single(Uptime, (now - startedAt).TotalSeconds);
        writer.Single(StartTime, startedAt.ToUnixTimeMilliseconds() / 1_000.0);
        writer.Single(Cpu, process.TotalProcessorTime.TotalSeconds);
        writer.Single(Resident, process.WorkingSet64);
        writer.Single(Virtual, process.VirtualMemorySize64);
        writer.Single(OpenFiles, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        writer.Single(Threads, Directory.EnumerateDirectories("/proc/self/task").Count());
        writer.Single(Heap, GC.GetTotalMemory(forceFullCollection: false));
        writer.Single(Collections, GC.CollectionCount(0));
    }
}
