using System.Threading.Channels;
using Tulle.Protocol;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>The server's end of one discovery stream.</summary>
internal sealed class DiscoveryStream
{
    public Channel<DiscoveryRequest> Received { get; } = Channel.CreateUnbounded<DiscoveryRequest>();

    public Channel<DiscoveryResponse> ToSend { get; } = Channel.CreateUnbounded<DiscoveryResponse>();

    public TaskCompletionSource Ended { get; } = new();

    public Task<DiscoveryRequest> NextAsync() => Received.Reader.ReadAsync().AsTask().WaitAsync(Testing.Eventually.Patience);

    public async Task<Acknowledge> NextAcknowledgeAsync()
    {
        DiscoveryRequest request = await NextAsync();
        return request.Acknowledge ?? throw new InvalidOperationException($"expected an acknowledgement, got {request}");
    }

    public void Send(Destination destination) => ToSend.Writer.TryWrite(new DiscoveryResponse { Destination = destination });

    public void Send(EndpointUpdate update) => ToSend.Writer.TryWrite(new DiscoveryResponse { Endpoints = update });

    public void Send(InboundPolicy policy) => ToSend.Writer.TryWrite(new DiscoveryResponse { Inbound = policy });

    public void Send(TrustBundle trust) => ToSend.Writer.TryWrite(new DiscoveryResponse { Trust = trust });
}
