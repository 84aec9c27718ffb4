using System.Buffers;
using System.Collections.Immutable;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>A question that somebody follows, with its last answer. Thread-safe.</summary>
/// <param name="text">Path and query of the insight API.</param>
internal sealed class LiveQuestion(string text)
{
    private readonly Lock _gate = new();
    private ImmutableArray<Action> _followers = [];
    private AnswerBuffer? _answer;
    private int _code;
    private long _version;

    public string Text => text;

    /// <summary>When it was last asked, as a timestamp; null for never. For the evaluator only.</summary>
    public long? AskedAt { get; set; }

    public int Followers => _followers.Length;

    public void Add(Action changed) => ImmutableInterlocked.Update(ref _followers, static (list, added) => list.Add(added), changed);

    public void Remove(Action changed) => ImmutableInterlocked.Update(ref _followers, static (list, removed) => list.Remove(removed), changed);

    /// <summary>Takes an answer, whose memory is the question's from now on, and tells the followers when it is another than before.</summary>
    /// <param name="code">HTTP status code.</param>
    /// <param name="answer">One JSON object.</param>
    public void Take(int code, AnswerBuffer answer)
    {
        lock (_gate)
        {
            bool same = _answer is not null && _code == code && _answer.SequenceEqual(answer);
            (same ? answer : _answer)?.Clear();
            if (same) return;
            (_answer, _code) = (answer, code);
            _version++;
        }
        foreach (Action changed in _followers) changed();
    }

    /// <summary>Writes the answer as an event, if there is one that was not seen.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="index">Which question of the stream it is.</param>
    /// <param name="seen">Number of the last answer that was written; 0 for none.</param>
    public void WriteTo(IBufferWriter<byte> to, int index, ref long seen)
    {
        lock (_gate)
        {
            if (_answer is null || _version == seen) return;
            seen = _version;
            ServerSentEvents.Write(to, index, _code, _answer);
        }
    }

    /// <summary>Nobody follows it any more: gives the memory of its answer back.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _answer?.Clear();
            _answer = null;
        }
    }
}
