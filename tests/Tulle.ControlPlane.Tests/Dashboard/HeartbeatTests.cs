using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Dashboard.Streaming;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Dashboard;

public sealed class HeartbeatTests
{
    [Fact]
    public async Task Stream_NothingChanges_SendsACommentAfterEachSilence()
    {
        var options = new DashboardOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Token = "", Mesh = "test" };
        var activity = new DashboardActivity(options);
        var clock = new WaitClock();
        var pacer = new ReportPacer(new ProxyConnections(), clock);
        var insight = new InsightApi([], pacer);
        using var stop = new CancellationTokenSource();
        var live = new LiveQuestions(insight, pacer, options.Limits, activity, clock, stop.Token);
        var pipe = new Pipe();
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?q=nothing");
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(pipe.Writer.AsStream()));
        Task answering = new StreamHandler(live, insight, options.Limits, activity, clock, stop.Token).AnswerAsync(context);

        using var reader = new StreamReader(pipe.Reader.AsStream());
        Assert.Equal("retry: 2000", await NextAsync(reader));
        Assert.Equal("event: error", await NextAsync(reader));
        Assert.Contains("404", await NextAsync(reader));
        for (int i = 0; i < 2; i++)
        {
            // A wait that news have just ended is over without a beat; the next one is not.
            Task<string> beat = NextAsync(reader);
            await Eventually.TrueAsync(
                () =>
                {
                    clock.TryEnd(StreamHandler.Heartbeat);
                    return beat.IsCompleted;
                },
                TestMesh.Patience, "the stream says that it is silent");
            Assert.Equal("event: beat", await beat);
            Assert.Equal("data: {}", await NextAsync(reader));
        }
        Assert.Equal((15, 1), ((int)StreamHandler.Heartbeat.TotalSeconds, activity.Streams.Used));

        await stop.CancelAsync();
        await answering.WaitAsync(TestMesh.Patience);
        Assert.Equal(0, activity.Streams.Used);
    }

    private static async Task<string> NextAsync(StreamReader reader)
    {
        while (true)
        {
            string line = (await reader.ReadLineAsync().WaitAsync(TestMesh.Patience))!;
            if (line.Length > 0) return line;
        }
    }

    /// <summary>A clock on which a wait is over when the test says so.</summary>
    private sealed class WaitClock : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<Wait> _waits = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var wait = new Wait(this, () => callback(state), dueTime);
            lock (_gate) _waits.Add(wait);
            return wait;
        }

        /// <summary>Ends a wait of this length; false when nobody waits so long.</summary>
        public bool TryEnd(TimeSpan length)
        {
            Wait? wait;
            lock (_gate)
            {
                wait = _waits.Find(candidate => candidate.Due == length);
                if (wait is not null) _waits.Remove(wait);
            }
            wait?.Callback();
            return wait is not null;
        }

        private sealed class Wait(WaitClock clock, Action callback, TimeSpan due) : ITimer
        {
            public Action Callback => callback;

            public TimeSpan Due => due;

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
                lock (clock._gate) clock._waits.Remove(this);
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
