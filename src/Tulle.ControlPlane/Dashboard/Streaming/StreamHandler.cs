using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Dashboard.Api;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary><c>/api/stream</c>: answers of the insight API as Server-Sent Events, whenever they change.</summary>
internal sealed class StreamHandler(LiveQuestions live, InsightApi insight, DashboardLimits limits, DashboardActivity activity, TimeProvider clock, CancellationToken stopping)
{
    /// <summary>Pause after which a beat is sent: a client that vanished is noticed, and a client notices a server that stands still. An event, because a browser does not tell its page of comments.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task AnswerAsync(HttpContext context)
    {
        string[] questions = [.. context.Request.Query["q"].Select(question => (question ?? "").TrimStart('/'))];
        if (Problem(questions) is { } problem)
        {
            await ApiProblem.WriteAsync(context, 400, "BadRequest", problem).ConfigureAwait(false);
            return;
        }
        if (!activity.Streams.TryEnter())
        {
            context.Response.Headers.RetryAfter = "5";
            await ApiProblem.WriteAsync(context, 429, "TooManyRequests", $"{limits.Streams} streams are open, the most there may be; close some tabs of the dashboard").ConfigureAwait(false);
            return;
        }
        try
        {
            await StreamAsync(context, questions).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The tab was closed, or the control plane stops: both are how a stream ends.
        }
        finally
        {
            activity.Streams.Leave();
        }
    }

    private string? Problem(string[] questions)
    {
        if (questions.Length == 0) return "a stream of what? Name paths of the insight API: ?q=stat%2Fdeployments&q=edges";
        if (questions.Length > limits.QuestionsPerStream) return $"a stream has {limits.QuestionsPerStream} questions at most, and these are {questions.Length}";
        if (Array.Find(questions, question => question.Length is 0 || question.Length > limits.QuestionLength) is { } long_)
            return long_.Length == 0 ? "a question is empty" : $"a question has {limits.QuestionLength} characters at most";
        return Array.Find(questions, insight.IsEndless) is { } endless ? $"\"{endless}\" has no end: read it from /api/insight/{endless}" : null;
    }

    private async Task StreamAsync(HttpContext context, string[] texts)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using LiveQuestions.Following following = live.Follow(texts, () => changed.Writer.TryWrite(true));
        PipeWriter body = context.Response.BodyWriter;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        // A client that loses the stream waits this long before it asks again.
        body.Write("retry: 2000\n\n"u8);
        await body.FlushAsync(ended.Token).ConfigureAwait(false);
        long[] seen = new long[texts.Length];
        while (true)
        {
            // Always the newest answers: a slow client misses steps, and nothing waits for it.
            for (int i = 0; i < texts.Length; i++) following.Questions[i].WriteTo(body, i, ref seen[i]);
            await body.FlushAsync(ended.Token).ConfigureAwait(false);
            if (!await ChangedAsync(changed.Reader, ended.Token).ConfigureAwait(false)) body.Write("event: beat\ndata: {}\n\n"u8);
        }
    }

    /// <returns>False when nothing changed for the time of a heartbeat.</returns>
    private async Task<bool> ChangedAsync(ChannelReader<bool> changed, CancellationToken ended)
    {
        using var silence = new CancellationTokenSource(Heartbeat, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, ended);
        try
        {
            return await changed.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            return false;
        }
    }
}
