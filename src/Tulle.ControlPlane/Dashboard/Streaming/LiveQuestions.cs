using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>
/// Every question that some open stream follows. Each is asked as often as proxies report, once a second at most, however many follow
/// it, and not at all when nobody does. Thread-safe.
/// </summary>
internal sealed class LiveQuestions(
    InsightApi insight, ReportPacer pacer, DashboardLimits limits, DashboardActivity activity, TimeProvider clock, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LiveQuestion> _questions = new(StringComparer.Ordinal);
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _asking;

    /// <summary>Least time between two answers to a question.</summary>
    private TimeSpan Interval => TimeSpan.FromSeconds(pacer.Period);

    /// <summary>Follows questions until the result is disposed.</summary>
    /// <param name="texts">The questions.</param>
    /// <param name="changed">Called when one of them has a new answer; must not block.</param>
    public Following Follow(IReadOnlyList<string> texts, Action changed)
    {
        lock (_gate)
        {
            var questions = new LiveQuestion[texts.Count];
            for (int i = 0; i < texts.Count; i++)
            {
                if (!_questions.TryGetValue(texts[i], out LiveQuestion? question)) _questions[texts[i]] = question = new LiveQuestion(texts[i]);
                question.Add(changed);
                questions[i] = question;
            }
            activity.Follows(_questions.Count);
            _added.TrySetResult();
            _asking ??= Task.Run(AskAsync, CancellationToken.None);
            return new Following(this, questions, changed);
        }
    }

    private void Leave(LiveQuestion[] questions, Action changed)
    {
        lock (_gate)
        {
            foreach (LiveQuestion question in questions)
            {
                question.Remove(changed);
                if (question.Followers > 0) continue;
                _questions.Remove(question.Text);
                question.Forget();
            }
            activity.Follows(_questions.Count);
        }
    }

    private async Task AskAsync()
    {
        while (true)
        {
            LiveQuestion[] questions;
            Task added;
            lock (_gate)
            {
                if (_questions.Count == 0 || stopping.IsCancellationRequested)
                {
                    _asking = null;
                    return;
                }
                questions = [.. _questions.Values];
                if (_added.Task.IsCompleted) _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                added = _added.Task;
            }
            TimeSpan pause = TimeSpan.MaxValue;
            foreach (LiveQuestion question in questions)
            {
                TimeSpan due = question.AskedAt is { } at ? Interval - clock.GetElapsedTime(at) : TimeSpan.Zero;
                if (due <= TimeSpan.Zero)
                {
                    question.AskedAt = clock.GetTimestamp();
                    await AskAsync(question).ConfigureAwait(false);
                    due = Interval - clock.GetElapsedTime(question.AskedAt.Value);
                }
                if (due < pause) pause = due;
            }
            await WaitAsync(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, added).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(LiveQuestion question)
    {
        activity.Evaluated();
        pacer.Watch();
        var answer = new AnswerBuffer();
        int code;
        try
        {
            code = await InsightQuestion.AskAsync(insight, question.Text, limits.AnswerBytes, answer, stopping).ConfigureAwait(false);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            answer.Clear();
            return;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // One question that fails must not end the others.
            code = InsightQuestion.Refuse(answer, 500, "InternalError", $"the question could not be answered: {error.Message}");
        }
        question.Take(code, answer);
    }

    private async Task WaitAsync(TimeSpan pause, Task added)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(pause, clock, done.Token), added).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Somebody's interest in some questions.</summary>
    internal sealed class Following(LiveQuestions owner, LiveQuestion[] questions, Action changed) : IDisposable
    {
        public IReadOnlyList<LiveQuestion> Questions => questions;

        public void Dispose() => owner.Leave(questions, changed);
    }
}
