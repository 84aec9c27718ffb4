using Tulle.Protocol;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class CircuitBreakerTests
{
    [Fact]
    public void TryTake_UpToTheLimit_IsTakenAndThenRefused()
    {
        var count = new LimitedCount();
        Assert.Equal(Admission.Taken, count.TryTake(2));
        Assert.Equal(Admission.Taken, count.TryTake(2));
        Assert.Equal(Admission.Refused, count.TryTake(2));
        Assert.Equal(1, count.Refused);

        count.Release();
        Assert.Equal(Admission.Taken, count.TryTake(2));
    }

    [Fact]
    public void TryTake_NoLimit_CountsNothing()
    {
        var count = new LimitedCount();
        Assert.Equal(Admission.Unlimited, count.TryTake(0));
        Assert.Equal(0, count.Value);
    }

    [Fact]
    public void TryTake_LimitLowered_RefusesUntilEnoughAreBack()
    {
        var count = new LimitedCount();
        for (int i = 0; i < 5; i++) count.TryTake(5);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Admission.Refused, count.TryTake(2));
            count.Release();
        }
        Assert.Equal(Admission.Refused, count.TryTake(2));
        count.Release();
        Assert.Equal(Admission.Taken, count.TryTake(2));
    }

    [Fact]
    public async Task TryTake_ManyThreads_NeverExceedsTheLimit()
    {
        const int limit = 7;
        var breaker = new CircuitBreakerState();
        int inside = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                if (breaker.Requests.TryTake(limit) != Admission.Taken) continue;
                int now = Interlocked.Increment(ref inside);
                int seen;
                while (now > (seen = Volatile.Read(ref most)) && Interlocked.CompareExchange(ref most, now, seen) != seen)
                {
                }
                Interlocked.Decrement(ref inside);
                breaker.Requests.Release();
            }
        })));
        Assert.InRange(most, 1, limit);
        Assert.Equal(0, breaker.Requests.Value);
    }

    [Fact]
    public void Compile_Fields_AreTaken()
    {
        ConnectionPoolModel model = ConnectionPoolModel.Compile(new ConnectionPool
        {
            MaxConnections = 100, MaxPendingRequests = 50, MaxRequests = 200, MaxRequestsPerConnection = 2, MaxRetries = 3, MaxConcurrentStreams = 10,
            ConnectTimeoutMs = 500, IdleTimeoutMs = 3_000, MaxConnectionDurationMs = 60_000,
            Keepalive = new TcpKeepalive { Probes = 3, TimeMs = 7_200_000, IntervalMs = 75_500 },
            Http2Keepalive = new Http2Keepalive { IntervalMs = 500 },
        });
        Assert.Equal((100, 50, 200, 2, 3, 10), (model.MaxConnections, model.MaxPending, model.MaxRequests, model.MaxRequestsPerConnection, model.MaxRetries, model.MaxConcurrentStreams));
        Assert.Equal((500_000L, 3_000_000L, 60_000_000L), (model.ConnectTimeoutMicros, model.IdleTimeoutMicros, model.MaxDurationMicros));
        Assert.Equal(new KeepaliveModel(3, 7_200, 76), model.Keepalive);
        Assert.Equal(new Http2KeepaliveModel(1_000, 3_000), model.Http2Keepalive);
    }
}
