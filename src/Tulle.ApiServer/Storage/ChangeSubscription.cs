using System.Threading.Channels;

namespace Tulle.ApiServer.Storage;

/// <summary>
/// The changes one watcher has not read yet. Bounded: a watcher that reads slower than changes come is cut off, so that it
/// costs no memory, and lists again.
/// </summary>
internal sealed class ChangeSubscription : IDisposable
{
    private readonly ChangeHub _hub;
    private readonly ResourceType? _type;
    private readonly string? _namespace;
    private readonly Channel<StoreChange> _channel;

    internal ChangeSubscription(ChangeHub hub, ResourceType? type, string? ns, int bufferSize)
    {
        _hub = hub;
        _type = type;
        _namespace = ns;
        _channel = Channel.CreateBounded<StoreChange>(new BoundedChannelOptions(bufferSize) { SingleReader = true, SingleWriter = true });
    }

    /// <summary>Completes, after what is buffered, when the watcher was too slow.</summary>
    public ChannelReader<StoreChange> Reader => _channel.Reader;

    internal void Offer(StoreChange change)
    {
        if (_type is { } type && change.Key.Type != type) return;
        if (_namespace is not null && change.Key.Namespace != _namespace) return;
        if (_channel.Writer.TryWrite(change)) return;
        _hub.Remove(this);
        _channel.Writer.TryComplete();
    }

    public void Dispose()
    {
        _hub.Remove(this);
        _channel.Writer.TryComplete();
    }
}
