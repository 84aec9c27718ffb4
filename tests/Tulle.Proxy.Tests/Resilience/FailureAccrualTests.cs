using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class FailureAccrualTests
{
    private const long Second = 1_000_000;

    private readonly XoshiroRandom _random = new(1);
    private readonly FailureAccrualState _state = new();

    [Fact]
    public void Observe_SevenFailures_TakesTheEndpointOutForASecondAndThenProbes()
    {
        FailureAccrualModel model = Consecutive();
        Fail(model, 6, 0);
        Assert.True(_state.IsAdmitting(0));
        Fail(model, 1, 0);

        Assert.False(_state.IsAdmitting(Second - 1));
        Assert.False(_state.TryAdmit(Second - 1, out _));
        Assert.True(_state.TryAdmit(Second, out bool isProbe));
        Assert.True(isProbe);
        // One probe at a time.
        Assert.False(_state.TryAdmit(Second, out _));
    }

    [Fact]
    public void Observe_ProbeSucceeds_PutsTheEndpointBack()
    {
        FailureAccrualModel model = Consecutive();
        Fail(model, 7, 0);
        Probe(model, Second, 200);

        Assert.True(_state.TryAdmit(Second, out bool isProbe));
        Assert.False(isProbe);
        Fail(model, 6, Second);
        Assert.True(_state.IsAdmitting(Second));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public void Observe_ProbeFails_DoublesThePenaltyUpToTheMaximum(int status)
    {
        FailureAccrualModel model = Consecutive();
        Fail(model, 7, 0);
        long now = Second;
        foreach (int seconds in new[] { 2, 4, 8, 16, 32, 60, 60 })
        {
            Probe(model, now, status);
            Assert.False(_state.IsAdmitting(now + seconds * Second - 1));
            now += seconds * Second;
            Assert.True(_state.IsAdmitting(now));
        }
    }

    [Fact]
    public void Observe_ProbeAbandoned_LetsTheNextOneDecide()
    {
        FailureAccrualModel model = Consecutive();
        Fail(model, 7, 0);
        Assert.True(_state.TryAdmit(Second, out _));
        _state.Observe(model, AttemptResult.Unknown, 0, AttemptOutcome.NoGrpcStatus, isProbe: true, Second, _random);

        Assert.True(_state.TryAdmit(Second, out bool isProbe));
        Assert.True(isProbe);
    }

    [Fact]
    public void Penalty_Jitter_AddsUpToItsRatio()
    {
        FailureAccrualModel model = Compile(new FailureAccrual { ConsecutiveFailures = 1, MinPenaltyMs = 1_000, MaxPenaltyMs = 60_000, JitterRatio = 0.5 });
        long[] penalties = [.. Enumerable.Range(0, 1_000).Select(_ => model.PenaltyMicros(0, _random))];
        Assert.InRange(penalties.Min(), Second, Second + 10_000);
        Assert.InRange(penalties.Max(), Second * 3 / 2 - 10_000, Second * 3 / 2);
    }

    [Fact]
    public void Observe_SuccessRateBelowThreshold_TakesTheEndpointOut()
    {
        FailureAccrualModel model = Rate();
        for (int i = 0; i < 8; i++) Observe(model, 200, 0);
        Observe(model, 503, 0);
        Observe(model, 503, 0);
        Assert.True(_state.IsAdmitting(0));
        Observe(model, 503, 0);
        Assert.False(_state.IsAdmitting(0));
    }

    [Fact]
    public void Observe_TooFewRequests_SayNothing()
    {
        FailureAccrualModel model = Rate();
        for (int i = 0; i < 4; i++) Observe(model, 503, 0);
        Assert.True(_state.IsAdmitting(0));
        Observe(model, 503, 0);
        Assert.False(_state.IsAdmitting(0));
    }

    [Fact]
    public void Observe_OldFailures_LeaveTheWindow()
    {
        FailureAccrualModel model = Rate();
        for (int i = 0; i < 4; i++) Observe(model, 503, 0);
        for (int i = 0; i < 5; i++) Observe(model, 200, 10 * Second);
        Assert.True(_state.IsAdmitting(10 * Second));
    }

    [Theory]
    [InlineData(429, -1, false)]
    [InlineData(200, 14, true)]
    [InlineData(200, 5, false)]
    [InlineData(500, -1, true)]
    [InlineData(404, -1, false)]
    public void Observe_Consecutive_CountsWhatBlamesTheServer(int status, int grpc, bool isFailure)
    {
        FailureAccrualModel model = Consecutive();
        for (int i = 0; i < 7; i++) _state.Observe(model, AttemptResult.Response, status, grpc, isProbe: false, 0, _random);
        Assert.Equal(isFailure, !_state.IsAdmitting(0));
    }

    [Fact]
    public void Compile_NothingSet_IsNone() => Assert.Null(FailureAccrualModel.Compile(new FailureAccrual { WindowMs = 5 }));

    private static FailureAccrualModel Consecutive() =>
        Compile(new FailureAccrual { ConsecutiveFailures = 7, MinPenaltyMs = 1_000, MaxPenaltyMs = 60_000 });

    private static FailureAccrualModel Rate() =>
        Compile(new FailureAccrual { SuccessRateThreshold = 0.8, WindowMs = 10_000, MinRequests = 5, MinPenaltyMs = 1_000 });

    private static FailureAccrualModel Compile(FailureAccrual accrual) => FailureAccrualModel.Compile(accrual)!;

    private void Fail(FailureAccrualModel model, int times, long now)
    {
        for (int i = 0; i < times; i++) Observe(model, 503, now);
    }

    private void Observe(FailureAccrualModel model, int status, long now) =>
        _state.Observe(model, AttemptResult.Response, status, AttemptOutcome.NoGrpcStatus, isProbe: false, now, _random);

    private void Probe(FailureAccrualModel model, long now, int status)
    {
        Assert.True(_state.TryAdmit(now, out bool isProbe));
        Assert.True(isProbe);
        _state.Observe(model, AttemptResult.Response, status, AttemptOutcome.NoGrpcStatus, isProbe: true, now, _random);
    }
}
