using System.Buffers;
using System.Diagnostics;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Admin;

/// <summary>GET /metrics.</summary>
internal static class MetricsPage
{
    public static ReadOnlyMemory<byte> Create(ProxyStatus status, TimeProvider time)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        var writer = new PrometheusWriter(buffer);
        TrafficExposition.Write(writer, status.Loops());
        PolicyExposition.Write(writer, status.Loops(), status.Backends());
        WriteControl(writer, status);
        WriteIdentity(writer, status.Identity());
        WriteProcess(writer, status, time);
        return buffer.WrittenMemory;
    }

    private static void WriteControl(PrometheusWriter writer, ProxyStatus status)
    {
        (string Name, StreamState? State)[] streams = [("discovery", status.Discovery?.Invoke()), ("insight", status.Insight?.Invoke())];
        writer.Family("control_plane_connected", "gauge", "Whether the stream to the control plane is up.");
        foreach ((string name, StreamState? state) in streams)
        {
            if (state is not null) writer.Sample("control_plane_connected", PrometheusWriter.Labels(("stream", name)), state.Connected ? 1 : 0);
        }

        writer.Family("control_plane_connects_total", "counter", "Times the stream was begun.");
        foreach ((string name, StreamState? state) in streams)
        {
            if (state is not null) writer.Sample("control_plane_connects_total", PrometheusWriter.Labels(("stream", name)), state.Attempts);
        }

        writer.Family("discovery_subscriptions", "gauge", "Authorities in use.");
        writer.Sample("discovery_subscriptions", "", status.Destinations().Count);
        writer.Family("discovery_refused_subscriptions_total", "counter", "Authorities not asked for because too many were in use.");
        writer.Sample("discovery_refused_subscriptions_total", "", status.RefusedSubscriptions());
        writer.Family("tap_dropped_events_total", "counter", "Tap events that nobody got because a limit was reached.");
        writer.Sample("tap_dropped_events_total", "", status.DroppedTapEvents());
        writer.Family("access_log_dropped_total", "counter", "Lines of the access log that were lost because the output was too slow.");
        writer.Sample("access_log_dropped_total", "", status.DroppedAccessLogLines());
    }

    private static void WriteIdentity(PrometheusWriter writer, IdentityState identity)
    {
        writer.Family("identity_cert_expiration_timestamp_seconds", "gauge", "End of the certificate's validity, seconds since 1970; 0 without one.");
        writer.Sample("identity_cert_expiration_timestamp_seconds", "", identity.HasCertificate ? identity.NotAfter.ToUnixTimeSeconds() : 0);
        writer.Family("identity_cert_refresh_timestamp_seconds", "gauge", "When the certificate was obtained, seconds since 1970; 0 without one.");
        writer.Sample("identity_cert_refresh_timestamp_seconds", "", identity.HasCertificate ? identity.RefreshedAt.ToUnixTimeSeconds() : 0);
        writer.Family("identity_cert_refreshes_total", "counter", "Certificates obtained.");
        writer.Sample("identity_cert_refreshes_total", "", identity.Refreshes);
        writer.Family("identity_trust_anchors", "gauge", "Trust anchors in force.");
        writer.Sample("identity_trust_anchors", "", identity.Anchors);
    }

    private static void WriteProcess(PrometheusWriter writer, ProxyStatus status, TimeProvider time)
    {
        using var process = Process.GetCurrentProcess();
        writer.Family("proxy_build_info", "gauge", "Always 1; the labels say what runs.");
        writer.Sample("proxy_build_info", PrometheusWriter.Labels(("version", status.Version)), 1);
        writer.Family("process_uptime_seconds_total", "counter", "Since the start.");
        writer.Sample("process_uptime_seconds_total", "", (time.GetUtcNow() - status.StartedAt).TotalSeconds);
        writer.Family("process_start_time_seconds", "gauge", "When the process began, seconds since 1970.");
        writer.Sample("process_start_time_seconds", "", status.StartedAt.ToUnixTimeMilliseconds() / 1_000.0);
        writer.Family("process_cpu_seconds_total", "counter", "CPU time used, user and system.");
        writer.Sample("process_cpu_seconds_total", "", process.TotalProcessorTime.TotalSeconds);
        writer.Family("process_resident_memory_bytes", "gauge", "Memory that is in RAM.");
        writer.Sample("process_resident_memory_bytes", "", process.WorkingSet64);
        writer.Family("process_virtual_memory_bytes", "gauge", "Address space in use.");
        writer.Sample("process_virtual_memory_bytes", "", process.VirtualMemorySize64);
        writer.Family("process_open_fds", "gauge", "Open file descriptors.");
        writer.Sample("process_open_fds", "", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        writer.Family("process_threads", "gauge", "Threads.");
        writer.Sample("process_threads", "", Directory.EnumerateDirectories("/proc/self/task").Count());
        writer.Family("dotnet_gc_heap_bytes", "gauge", "Managed memory in use.");
        writer.Sample("dotnet_gc_heap_bytes", "", GC.GetTotalMemory(forceFullCollection: false));
        writer.Family("dotnet_gc_collections_total", "counter", "Garbage collections.");
        writer.Sample("dotnet_gc_collections_total", "", GC.CollectionCount(0));
    }
}
