using Tulle.ControlPlane.Insight;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class ReportPacerTests
{
    private readonly Clock _clock = new();
    private readonly ProxyConnections _connections = new();
    private readonly ReportPacer _pacer;

    public ReportPacerTests() => _pacer = new ReportPacer(_connections, _clock);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(100, 1, 1)]
    [InlineData(101, 2, 1)]
    [InlineData(250, 3, 1)]
    [InlineData(1_000, 10, 4)]
    [InlineData(5_000, 10, 10)]
    public void Period_Grows_WithTheProxiesAndShrinksWhileSomebodyLooks(int proxies, int rest, int watched)
    {
        Connect(proxies);
        Assert.Equal(rest, _pacer.Period);
        _pacer.Watch();
        Assert.Equal(watched, _pacer.Period);
        _clock.Now += ReportPacer.Attention;
        Assert.Equal(rest, _pacer.Period);
    }

    [Fact]
    public void Reported_ProxyHearsOfThePace_OnceAndOnlyWhenItIsAnother()
    {
        ProxyConnection[] proxies = Connect(1_000);
        Assert.Empty(Commands(proxies[0]));
        _pacer.Reported(proxies[0]);
        _pacer.Reported(proxies[0]);
        Assert.Equal([10u], Commands(proxies[0]));
        Assert.Empty(Commands(proxies[1]));
    }

    [Fact]
    public void Watch_TellsThoseThatReportSeldom_Once()
    {
        ProxyConnection[] proxies = Connect(1_000);
        _pacer.Reported(proxies[0]);
        _pacer.Watch();
        _pacer.Watch();
        Assert.Equal([10u, 4u], Commands(proxies[0]));
        Assert.Empty(Commands(proxies[1]));
        // Long after the last question it is told at its next report.
        _clock.Now += ReportPacer.Attention;
        _pacer.Reported(proxies[0]);
        Assert.Equal([10u], Commands(proxies[0]));
    }

    [Fact]
    public async Task Fresh_WaitsForOnePeriod_WhereReportsWereSeldomOnly()
    {
        ProxyConnection[] proxies = Connect(1_000);
        await _pacer.FreshAsync(TestContext.Current.CancellationToken);
        _clock.Now += ReportPacer.Attention;
        foreach (ProxyConnection proxy in proxies) _pacer.Reported(proxy);

        await _pacer.FreshAsync(TestContext.Current.CancellationToken);
        _clock.Now += TimeSpan.FromSeconds(1);
        await _pacer.FreshAsync(TestContext.Current.CancellationToken);
        _clock.Now += TimeSpan.FromSeconds(4);
        await _pacer.FreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal([4.25, 3.25], _clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void Watch_WhileProxiesReport_LeavesNoneAtTheOldPace()
    {
        ProxyConnection[] proxies = Connect(1_000);
        foreach (ProxyConnection proxy in proxies) _pacer.Reported(proxy);
        Parallel.Invoke(() => Array.ForEach(proxies, _pacer.Reported), _pacer.Watch);
        Assert.All(proxies, proxy => Assert.Equal((4, 4u), (proxy.Period, Commands(proxy)[^1])));
    }

    [Fact]
    public void Reported_ProxyThatReadsNothing_IsToldAgain()
    {
        ProxyConnection proxy = Connect(1_000)[0];
        while (proxy.Send(new ProxyCommand()))
        {
        }
        _pacer.Reported(proxy);
        Assert.Equal(1, proxy.Period);
        Assert.DoesNotContain(10u, Commands(proxy));
        _pacer.Reported(proxy);
        Assert.Equal([10u], Commands(proxy));
    }

    private ProxyConnection[] Connect(int count)
    {
        ProxyConnection[] proxies = [.. Enumerable.Range(0, count).Select(i => new ProxyConnection(new ProxyId("default", $"pod-{i}")))];
        foreach (ProxyConnection proxy in proxies) _connections.Add(proxy);
        return proxies;
    }

    private static List<uint> Commands(ProxyConnection proxy)
    {
        var paces = new List<uint>();
        while (proxy.Commands.TryRead(out ProxyCommand? command))
        {
            if (command.Pace is { } pace) paces.Add(pace.Seconds);
        }
        return paces;
    }

    /// <summary>Time that the test moves; what waits for some of it is remembered and goes on at once.</summary>
    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

        public List<TimeSpan> Waits { get; } = [];

        public override DateTimeOffset GetUtcNow() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
