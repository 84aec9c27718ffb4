using Grpc.Core;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>An open discovery stream that was greeted.</summary>
internal sealed class TestStream : IDisposable
{
    private readonly AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> _call;

    private TestStream(AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call) => _call = call;

    public static async Task<TestStream> OpenAsync(TestProxy proxy)
    {
        var stream = new TestStream(proxy.Discovery.Stream(proxy.Headers));
        await stream._call.RequestStream.WriteAsync(new DiscoveryRequest { Hello = new Hello { ProxyVersion = "test" } });
        return stream;
    }

    public Task SendAsync(DiscoveryRequest request) => _call.RequestStream.WriteAsync(request);

    public Task SubscribeAsync(string authority) => SendAsync(new DiscoveryRequest { Subscribe = new Subscribe { Authority = authority } });

    public Task AcknowledgeAsync(string resource, ulong version, string error = "") =>
        SendAsync(new DiscoveryRequest { Acknowledge = new Acknowledge { Resource = resource, Version = version, Error = error } });

    /// <summary>The next response; fails when none comes.</summary>
    public async Task<DiscoveryResponse> NextAsync()
    {
        using var patience = new CancellationTokenSource(TestMesh.Patience);
        Assert.True(await _call.ResponseStream.MoveNext(patience.Token), "the stream ended");
        return _call.ResponseStream.Current;
    }

    /// <summary>The next response about a destination that a condition accepts.</summary>
    public async Task<DiscoveryResponse> NextAsync(Func<DiscoveryResponse, bool> wanted)
    {
        while (true)
        {
            DiscoveryResponse response = await NextAsync();
            if (wanted(response)) return response;
        }
    }

    public void Dispose() => _call.Dispose();
}
