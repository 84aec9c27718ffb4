using System.Collections.Immutable;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>A question that somebody follows, with its last answer.</summary>
/// <param name="text">Path and query of the insight API.</param>
internal sealed class LiveQuestion(string text)
{
    private ImmutableArray<Action> _followers = [];
    private volatile LiveAnswer? _answer;

    public string Text => text;

    /// <summary>Null until it was asked for the first time. A new object whenever the answer changed.</summary>
    public LiveAnswer? Answer => _answer;

    /// <summary>When it was last asked, as a timestamp; null for never. For the evaluator only.</summary>
    public long? AskedAt { get; set; }

    public int Followers => _followers.Length;

    public void Add(Action changed) => ImmutableInterlocked.Update(ref _followers, static (list, added) => list.Add(added), changed);

    public void Remove(Action changed) => ImmutableInterlocked.Update(ref _followers, static (list, removed) => list.Remove(removed), changed);

    /// <summary>Takes an answer, and tells the followers when it is another than before.</summary>
    public void Take(LiveAnswer answer)
    {
        if (answer.SaysTheSame(_answer)) return;
        _answer = answer;
        foreach (Action changed in _followers) changed();
    }
}
