using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Tests.Balancing;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class OutlierTests
{
    private const long Second = 1_000_000;

    private readonly XoshiroRandom _random = new(1);

    [Fact]
    public void Observe_FiveErrorsInARow_EjectsForThirtySeconds()
    {
        (BackendHealth backend, EndpointHealth[] endpoints) = Backend(Seed(), 3);
        Fail(endpoints[0], 4, now: 0);
        Assert.True(endpoints[0].IsUsable(0));

        Fail(endpoints[0], 1, now: Second);

        Assert.False(endpoints[0].IsUsable(Second));
        Assert.False(endpoints[0].IsUsable(31 * Second - 1));
        Assert.True(endpoints[0].IsUsable(31 * Second));
        Assert.Equal(31 * Second, endpoints[0].NextChange(Second));
        Assert.Equal(1, backend.Ejections);
    }

    [Fact]
    public void Observe_SuccessBetween_StartsTheCountAnew()
    {
        (_, EndpointHealth[] endpoints) = Backend(Seed(), 3);
        for (int i = 0; i < 10; i++)
        {
            Fail(endpoints[0], 4, now: i);
            Answer(endpoints[0], 200, i);
        }
        Assert.True(endpoints[0].IsUsable(10));
    }

    [Fact]
    public void Observe_ClientError_IsASuccess()
    {
        (_, EndpointHealth[] endpoints) = Backend(Seed(), 3);
        Fail(endpoints[0], 4, now: 0);
        Answer(endpoints[0], 404, 0);
        Fail(endpoints[0], 4, now: 0);
        Assert.True(endpoints[0].IsUsable(0));
    }

    [Theory]
    [InlineData(new[] { 502, 503, 504 }, true)]
    [InlineData(new[] { 502, 500, 503, 504 }, false)]
    [InlineData(new[] { 502, 200, 503, 504 }, false)]
    public void Observe_GatewayErrors_CountApart(int[] statuses, bool ejected)
    {
        (_, EndpointHealth[] endpoints) = Backend(new OutlierDetection { ConsecutiveGatewayErrors = 3, MaxEjectionPercent = 100 }, 3);
        foreach (int status in statuses) Answer(endpoints[0], status, 0);
        Assert.Equal(ejected, !endpoints[0].IsUsable(0));
    }

    [Fact]
    public void Observe_ListedCodes_CountInsteadOf5xx()
    {
        (_, EndpointHealth[] endpoints) = Backend(new OutlierDetection { Consecutive5Xx = 2, MaxEjectionPercent = 100, ErrorCodes = { 429 } }, 2);
        for (int i = 0; i < 5; i++) Answer(endpoints[0], 503, 0);
        Assert.True(endpoints[0].IsUsable(0));
        for (int i = 0; i < 2; i++) Answer(endpoints[1], 429, 0);
        Assert.False(endpoints[1].IsUsable(0));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Observe_LocalFailures_CountAs5xxUnlessSplit(bool split, bool ejected)
    {
        var outlier = new OutlierDetection { Consecutive5Xx = 2, MaxEjectionPercent = 100, SplitLocalOrigin = split, ConsecutiveLocalOriginFailures = 4 };
        (_, EndpointHealth[] endpoints) = Backend(outlier, 2);
        for (int i = 0; i < 3; i++) Observe(endpoints[0], AttemptResult.LocalFailure, 0, 0);
        Assert.Equal(ejected, !endpoints[0].IsUsable(0));
        Observe(endpoints[0], AttemptResult.LocalFailure, 0, 0);
        Assert.False(endpoints[0].IsUsable(0));
    }

    [Fact]
    public void Eject_AgainAndAgain_TakesLongerUpToTheMaximum()
    {
        (_, EndpointHealth[] endpoints) = Backend(Seed(), 2);
        long now = 0;
        foreach (int seconds in new[] { 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300 })
        {
            Fail(endpoints[0], 5, now);
            Assert.False(endpoints[0].IsUsable(now + seconds * Second - 1));
            now += seconds * Second;
            Assert.True(endpoints[0].IsUsable(now));
        }
    }

    [Fact]
    public void Eject_AfterHealthyIntervals_IsForgivenOneForEach()
    {
        (_, EndpointHealth[] endpoints) = Backend(Seed(), 2);
        long now = 0;
        for (int i = 1; i <= 3; i++)
        {
            Fail(endpoints[0], 5, now);
            now += i * 30 * Second;
        }

        // Two intervals of 30 s in service: the next one is the second in a row, not the fourth.
        now += 60 * Second;
        Fail(endpoints[0], 5, now);
        Assert.False(endpoints[0].IsUsable(now + 60 * Second - 1));
        Assert.True(endpoints[0].IsUsable(now + 60 * Second));
    }

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(10, 19, 1)]
    [InlineData(10, 20, 2)]
    [InlineData(10, 100, 10)]
    [InlineData(50, 5, 2)]
    [InlineData(50, 2, 1)]
    [InlineData(50, 1, 0)]
    [InlineData(10, 3, 1)]
    [InlineData(10, 2, 1)]
    [InlineData(10, 1, 0)]
    [InlineData(100, 3, 3)]
    [InlineData(100, 1, 1)]
    public void Eject_MaxEjectionPercent_BoundsTheShareAndAllowsOneOfASmallSet(int percent, int count, int expected)
    {
        OutlierDetection outlier = Seed();
        outlier.MaxEjectionPercent = (uint)percent;
        (_, EndpointHealth[] endpoints) = Backend(outlier, count);
        foreach (EndpointHealth endpoint in endpoints) Fail(endpoint, 5, now: 0);
        Assert.Equal(expected, endpoints.Count(endpoint => !endpoint.IsUsable(0)));
    }

    [Fact]
    public void Eject_OneBack_AllowsAnother()
    {
        OutlierDetection outlier = Seed();
        outlier.MaxEjectionPercent = 10;
        (_, EndpointHealth[] endpoints) = Backend(outlier, 3);
        Fail(endpoints[0], 5, now: 0);
        Fail(endpoints[1], 5, now: 0);
        Assert.True(endpoints[1].IsUsable(0));

        Fail(endpoints[1], 5, now: 30 * Second);
        Assert.False(endpoints[1].IsUsable(30 * Second));
    }

    [Fact]
    public void Update_PolicyGone_PutsEndpointsBack()
    {
        BackendModel model = Backends.Of(1, 2);
        (BackendHealth backend, EndpointHealth[] endpoints) = Backend(Seed(), 2);
        Fail(endpoints[0], 5, now: 0);
        int version = backend.Version;
        backend.Update(null, null, model.Endpoints, 1);
        Assert.True(endpoints[0].IsUsable(1));
        Assert.NotEqual(version, backend.Version);
    }

    [Fact]
    public async Task Observe_ManyThreads_EjectsOnce()
    {
        (BackendHealth backend, EndpointHealth[] endpoints) = Backend(Seed(), 4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Fail(endpoints[0], 100, now: 0))));
        Assert.Equal(1, backend.Ejections);
        Assert.True(endpoints[0].IsUsable(30 * Second));
    }

    [Fact]
    public void Compile_Empty_TakesIstiosDefaults()
    {
        OutlierModel model = OutlierModel.Compile(new OutlierDetection()).Model!;
        Assert.Equal((10 * Second, 30 * Second, 300 * Second, 10), (model.IntervalMicros, model.BaseEjectionMicros, model.MaxEjectionMicros, model.MaxEjectionPercent));
        Assert.Equal(600 * Second, OutlierModel.Compile(new OutlierDetection { BaseEjectionMs = 600_000 }).Model!.MaxEjectionMicros);
    }

    private static OutlierDetection Seed() => new() { Consecutive5Xx = 5, IntervalMs = 30_000, BaseEjectionMs = 30_000, MaxEjectionPercent = 50 };

    private (BackendHealth Backend, EndpointHealth[] Endpoints) Backend(OutlierDetection outlier, int count)
    {
        BackendModel model = Backends.Of([.. Enumerable.Range(1, count)]);
        (OutlierModel? compiled, string? error) = OutlierModel.Compile(outlier);
        Assert.Null(error);
        var backend = new BackendHealth();
        backend.Update(compiled, null, model.Endpoints, now: 0);
        return (backend, Array.ConvertAll(model.Endpoints, endpoint => backend.Of(endpoint, 0)));
    }

    private void Fail(EndpointHealth endpoint, int times, long now)
    {
        for (int i = 0; i < times; i++) Answer(endpoint, 500, now);
    }

    private void Answer(EndpointHealth endpoint, int status, long now) => Observe(endpoint, AttemptResult.Response, status, now);

    private void Observe(EndpointHealth endpoint, AttemptResult result, int status, long now) =>
        endpoint.Observe(result, status, AttemptOutcome.NoGrpcStatus, isProbe: false, now, _random);
}
