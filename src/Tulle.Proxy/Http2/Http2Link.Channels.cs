namespace Tulle.Proxy.Http2;

// Who uses the link, and who is woken when.
internal sealed partial class Http2Link
{
    private readonly List<Http2Channel> _channels = [];
    private readonly Queue<Http2Channel> _waiting = new();
    private readonly List<Http2Channel> _ready = [];

    /// <summary>Streams that use it, also those that wait for it to be connected.</summary>
    public int ChannelCount => _channels.Count;

    public void Add(Http2Channel channel)
    {
        channel.Index = _channels.Count;
        _channels.Add(channel);
    }

    public void Remove(Http2Channel channel)
    {
        int last = _channels.Count - 1;
        Http2Channel moved = _channels[last];
        _channels[channel.Index] = moved;
        moved.Index = channel.Index;
        _channels.RemoveAt(last);
    }

    /// <summary>The channel is woken when it can send again.</summary>
    public void WaitToSend(Http2Channel channel)
    {
        if (channel.WaitsToSend) return;
        channel.WaitsToSend = true;
        _waiting.Enqueue(channel);
    }

    /// <summary>Wakes everybody who uses the link.</summary>
    public void WakeAll()
    {
        for (int i = _channels.Count - 1; i >= 0; i--) MakeReady(_channels[i]);
        WakeReady();
    }

    /// <summary>Has the channel woken once everything that came was taken.</summary>
    public void MakeReady(Http2Channel channel)
    {
        if (channel.IsReady) return;
        channel.IsReady = true;
        _ready.Add(channel);
    }

    private void WakeReady()
    {
        for (int i = 0; i < _ready.Count; i++)
        {
            Http2Channel channel = _ready[i];
            channel.IsReady = false;
            channel.Strand?.Signal();
        }
        _ready.Clear();
    }

    /// <summary>Wakes those that wait to send, each once and in their order, until the output is full again.</summary>
    private void WakeWriters(bool all)
    {
        for (int left = _waiting.Count; left > 0 && (all || Codec.OutputLength < Codec.Limits.OutputBytes); left--)
        {
            Http2Channel channel = _waiting.Dequeue();
            // It may have gone on to another link, and wait there.
            if (channel.Link != this) continue;
            channel.WaitsToSend = false;
            if (all) MakeReady(channel);
            else channel.Strand?.Signal();
        }
    }
}
