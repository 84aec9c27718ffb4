using System.Globalization;
using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class RetryPolicyModelTests
{
    [Theory]
    [InlineData(RetryCondition.Retry5Xx, "500 501 503 599 reset timeout", "200 409 429 499")]
    [InlineData(RetryCondition.RetryGatewayError, "502 503 504 reset timeout", "500 501 505 409")]
    [InlineData(RetryCondition.RetryReset, "reset timeout", "500 503 409")]
    [InlineData(RetryCondition.RetryRetriable4Xx, "409", "400 404 429 503 reset timeout")]
    [InlineData(RetryCondition.RetryConnectFailure, "", "503 reset timeout")]
    [InlineData(RetryCondition.RetryRefusedStream, "", "503 reset timeout")]
    [InlineData(RetryCondition.RetryRetriableStatusCodes, "418 430", "417 503 reset")]
    [InlineData(RetryCondition.RetryEnvoyRatelimited, "429+limited", "429 503")]
    [InlineData(RetryCondition.RetryRetriableHeaders, "200+header 503+header", "200 503")]
    [InlineData(RetryCondition.RetryGrpcCancelled, "200/1", "200/0 200/4 200/8 200/13 200/14 503")]
    [InlineData(RetryCondition.RetryGrpcDeadlineExceeded, "200/4", "200/1 200/14")]
    [InlineData(RetryCondition.RetryGrpcResourceExhausted, "200/8", "200/1 200/14")]
    [InlineData(RetryCondition.RetryGrpcInternal, "200/13", "200/1 200/14")]
    [InlineData(RetryCondition.RetryGrpcUnavailable, "200/14", "200/1 200/13 200/0")]
    public void Decide_Condition_RetriesWhatItNamesAndNothingElse(RetryCondition condition, string retried, string passed)
    {
        var policy = new RetryPolicy { Limit = 2, On = { condition }, AnyMethod = true };
        if (condition == RetryCondition.RetryRetriableStatusCodes) policy.StatusCodes.AddRange([418u, 430u]);
        if (condition == RetryCondition.RetryRetriableHeaders) policy.ResponseHeaders.Add(new HeaderMatch { Name = "x-again" });
        RetryPolicyModel model = Compile(policy);

        foreach (string text in retried.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(RetryVerdict.Retry, model.Decide(Outcome(text)));
        foreach (string text in passed.Split(' ')) Assert.Equal(RetryVerdict.No, model.Decide(Outcome(text)));
    }

    [Theory]
    [InlineData(nameof(AttemptEnd.ConnectFailed))]
    [InlineData(nameof(AttemptEnd.ResetBeforeRequest))]
    [InlineData(nameof(AttemptEnd.RefusedStream))]
    [InlineData(nameof(AttemptEnd.RefusedByDraining))]
    [InlineData(nameof(AttemptEnd.StaleConnection))]
    public void Decide_NotProcessed_IsSentAgainTwiceWithoutAnyPolicy(string name)
    {
        AttemptEnd end = Enum.Parse<AttemptEnd>(name);
        RetryPolicyModel model = RetryPolicyModel.Default;
        Assert.Equal(RetryVerdict.Resend, model.Decide(AttemptOutcome.Of(end, tries: 1, canReplay: true, isIdempotent: false)));
        Assert.Equal(RetryVerdict.Resend, model.Decide(AttemptOutcome.Of(end, tries: 2, canReplay: true, isIdempotent: false)));
        Assert.Equal(RetryVerdict.No, model.Decide(AttemptOutcome.Of(end, tries: 3, canReplay: true, isIdempotent: false)));
    }

    [Fact]
    public void Decide_NoPolicy_NeverRepeatsWhatMayHaveBeenProcessed()
    {
        Gen.Select(Gen.Enum<AttemptEnd>(), Gen.Int[100, 599], Gen.Int[-1, 16], Gen.Bool, Gen.Int[1, 5]).Sample((end, status, grpc, idempotent, tries) =>
        {
            var outcome = new AttemptOutcome { End = end, Status = status, GrpcStatus = grpc, IsIdempotent = idempotent, CanReplay = true, Tries = tries };
            RetryVerdict verdict = RetryPolicyModel.Default.Decide(outcome);
            return outcome.IsUnprocessed || verdict == RetryVerdict.No;
        });
    }

    [Fact]
    public void Decide_AnyPolicy_KeepsItsLimitAndReplaysOnlyWhatIsHere()
    {
        Gen<RetryPolicy> policies = Gen.Select(Gen.UInt[0, 5], Gen.Enum<RetryCondition>().Array[0, 4], Gen.Bool, (limit, on, any) =>
        {
            var policy = new RetryPolicy { Limit = limit, AnyMethod = any };
            policy.On.AddRange(on);
            return policy;
        });
        Gen.Select(policies, Gen.Enum<AttemptEnd>(), Gen.Int[100, 599], Gen.Int[-1, 16], Gen.Bool, Gen.Bool, Gen.Int[1, 8]).Sample(
            (policy, end, status, grpc, idempotent, replay, tries) =>
            {
                RetryPolicyModel model = Compile(policy);
                var outcome = new AttemptOutcome { End = end, Status = status, GrpcStatus = grpc, IsIdempotent = idempotent, CanReplay = replay, Tries = tries };
                RetryVerdict verdict = model.Decide(outcome);
                bool again = verdict is RetryVerdict.Retry or RetryVerdict.Resend;
                if (again && !replay) return false;
                if (verdict == RetryVerdict.Retry && (tries > policy.Limit || !(policy.AnyMethod || idempotent || outcome.IsUnprocessed || grpc > 0))) return false;
                return !again || tries < Math.Max(RetryPolicyModel.MaxUnprocessedTries, 1 + policy.Limit);
            });
    }

    [Fact]
    public void Decide_TriesUsedUp_SaysSo()
    {
        RetryPolicyModel model = Compile(new RetryPolicy { Limit = 3, On = { RetryCondition.Retry5Xx } });
        for (int tries = 1; tries <= 3; tries++) Assert.Equal(RetryVerdict.Retry, model.Decide(Get(503, tries)));
        Assert.Equal(RetryVerdict.LimitReached, model.Decide(Get(503, 4)));
    }

    [Fact]
    public void Decide_PostWithoutDeclaration_IsNotRepeated()
    {
        RetryPolicyModel model = Compile(new RetryPolicy { Limit = 3, On = { RetryCondition.Retry5Xx } });
        Assert.Equal(RetryVerdict.NotRepeatable, model.Decide(new AttemptOutcome { End = AttemptEnd.Response, Status = 503, CanReplay = true, Tries = 1 }));
    }

    [Fact]
    public void Decide_BodyGone_SaysSo()
    {
        RetryPolicyModel model = Compile(new RetryPolicy { Limit = 3, On = { RetryCondition.Retry5Xx } });
        Assert.Equal(RetryVerdict.CannotReplay, model.Decide(new AttemptOutcome { End = AttemptEnd.Response, Status = 503, IsIdempotent = true, Tries = 1 }));
    }

    [Fact]
    public void Compile_Unset_TakesTheDefaultBackoff()
    {
        RetryPolicyModel model = Compile(new RetryPolicy { Limit = 1 });
        Assert.Equal(25_000, model.BackoffBaseMicros);
        Assert.Equal(250_000, model.BackoffMaxMicros);
        Assert.Equal(70_000, Compile(new RetryPolicy { BackoffBaseMs = 7 }).BackoffMaxMicros);
    }

    [Fact]
    public void Compile_StatusOutOfRange_NamesIt() =>
        Assert.Contains("retry status code 99", RetryPolicyModel.Compile(new RetryPolicy { StatusCodes = { 99 } }).Error!, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 25_000)]
    [InlineData(2, 75_000)]
    [InlineData(3, 175_000)]
    [InlineData(4, 250_000)]
    [InlineData(60, 250_000)]
    public void Delay_Jitter_IsEvenFromZeroToItsBound(int retry, long bound)
    {
        var random = new XoshiroRandom(5);
        long[] delays = [.. Enumerable.Range(0, 4_000).Select(_ => RetryBackoff.DelayMicros(Compile(new RetryPolicy { Limit = 9 }), retry, random))];
        Assert.InRange(delays.Min(), 0, bound / 100);
        Assert.InRange(delays.Max(), bound * 99 / 100, bound - 1);
        Assert.InRange(delays.Average(), bound * 0.48, bound * 0.52);
    }

    private static AttemptOutcome Get(int status, int tries) =>
        new() { End = AttemptEnd.Response, Status = status, GrpcStatus = AttemptOutcome.NoGrpcStatus, IsIdempotent = true, CanReplay = true, Tries = tries };

    /// <summary>"503", "200/14" (with grpc-status), "200+header", "429+limited", "reset", "timeout".</summary>
    private static AttemptOutcome Outcome(string text)
    {
        if (text == "reset") return AttemptOutcome.Of(AttemptEnd.Reset, 1, canReplay: true, isIdempotent: false);
        if (text == "timeout") return AttemptOutcome.Of(AttemptEnd.PerTryTimeout, 1, canReplay: true, isIdempotent: false);
        string[] grpc = text.Split('/'), marked = grpc[0].Split('+');
        return new AttemptOutcome
        {
            End = AttemptEnd.Response,
            Status = int.Parse(marked[0], CultureInfo.InvariantCulture),
            GrpcStatus = grpc.Length > 1 ? int.Parse(grpc[1], CultureInfo.InvariantCulture) : AttemptOutcome.NoGrpcStatus,
            HasRetriableHeader = text.EndsWith("+header", StringComparison.Ordinal),
            IsRateLimited = text.EndsWith("+limited", StringComparison.Ordinal),
            CanReplay = true,
            Tries = 1,
        };
    }

    private static RetryPolicyModel Compile(RetryPolicy policy)
    {
        (RetryPolicyModel? model, string? error) = RetryPolicyModel.Compile(policy);
        Assert.Null(error);
        return model!;
    }
}
