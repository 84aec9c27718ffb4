using System.Threading.Channels;
using Tulle.Protocol;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>The server's end of one insight stream.</summary>
internal sealed class InsightStream
{
    public Channel<ProxyReport> Received { get; } = Channel.CreateUnbounded<ProxyReport>();

    public Channel<ProxyCommand> ToSend { get; } = Channel.CreateUnbounded<ProxyCommand>();

    public TaskCompletionSource Ended { get; } = new();

    public Task<ProxyReport> NextAsync() => Received.Reader.ReadAsync().AsTask().WaitAsync(Testing.Eventually.Patience);
}
