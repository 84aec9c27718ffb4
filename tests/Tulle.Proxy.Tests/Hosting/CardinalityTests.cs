using System.Globalization;
using System.Text;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>An application that makes up authorities: memory and /metrics stay as they are, and the limit is counted and shown.</summary>
public sealed class CardinalityTests(ITestOutputHelper output)
{
    private const int Authorities = 6_000;

    [Fact]
    public async Task ThousandsOfMadeUpAuthorities_LeaveMemoryAndMetricsFlat()
    {
        await using StandaloneProxy proxy = await StandaloneProxy.StartAsync("--outbound", "127.0.0.1:0");
        Attack(proxy, from: 0);
        string first = await proxy.MetricsAsync();
        double firstMegabytes = ResidentMegabytes(proxy.Process.Id);
        Attack(proxy, from: Authorities);
        string second = await proxy.MetricsAsync();
        double secondMegabytes = ResidentMegabytes(proxy.Process.Id);
        output.WriteLine($"/metrics {first.Length} then {second.Length} bytes; resident {firstMegabytes:0.0} then {secondMegabytes:0.0} MB");

        PrometheusText text = PrometheusText.Parse(Encoding.UTF8.GetBytes(second));
        int loops = (int)text.Value("event_loops");
        Assert.True(text.Value("metrics_series") <= loops * (LoopMetrics.MaxExternalSeries + 5));
        Assert.True(text.Value("metrics_series_overflow_total", ("kind", "external")) > Authorities);
        Assert.Equal(0, text.Value("metrics_series_overflow_total", ("kind", "series")));
        Assert.True(text.Value("request_total", ("dst_service", "overflow")) > Authorities);
        Assert.Equal(2 * Authorities, text.Samples.Where(sample => sample.Name == "request_total").Sum(sample => sample.Value));
        Assert.InRange(second.Length, 1, first.Length * 1.05);
        Assert.True(second.Length < 4 * 1024 * 1024, $"{second.Length} bytes");
        Assert.True(secondMegabytes < firstMegabytes + 10, $"{firstMegabytes:0.0} MB became {secondMegabytes:0.0} MB");
    }

    /// <summary>Loopback addresses where nobody listens: each is an authority of its own, and is refused at once.</summary>
    private static void Attack(StandaloneProxy proxy, int from)
    {
        using TestPeer client = TestPeer.Connect(proxy.Address("outbound"));
        for (int i = from; i < from + Authorities; i++)
        {
            string authority = string.Create(CultureInfo.InvariantCulture, $"127.77.{i / 250}.{(i % 250) + 1}:9");
            Assert.Equal(503, client.Exchange($"GET http://{authority}/ HTTP/1.1\r\nHost: {authority}\r\n\r\n").Status);
        }
    }

    private static double ResidentMegabytes(int pid)
    {
        string line = File.ReadLines($"/proc/{pid}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
