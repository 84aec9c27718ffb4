using System.Net;
using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>Zero bytes per HTTP/2 request in steady state: measured on the loops' own threads.</summary>
public sealed class Http2AllocationTests
{
    private const int Requests = 10_000;

    [Fact]
    public async Task TrimPools_AfterABurst_SessionsThatNobodyNeedsEndAndOthersServeOn()
    {
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen(Serve);
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false);
        using var client = new RawHttp2(mesh.ConnectRaw(), Http2Role.Client);
        foreach (int streams in (int[])[100, 3, 100, 1])
        {
            Exchange(client, streams, 200);
            foreach (ProxyUnderTest proxy in (ProxyUnderTest[])[mesh.Inbound, mesh.Outbound]) await TrimAsync(proxy);
        }
        // Three trims after the first burst of a hundred, two after the second: what the last rounds needed is left.
        Assert.InRange(await IdleAsync(mesh.Inbound), 1, 3);
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    [InlineData(false, 100)]
    public async Task Requests_InSteadyState_AllocateNothing(bool mutualTls, int streams)
    {
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen(Serve);
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls);
        using var client = new RawHttp2(mesh.ConnectRaw(), Http2Role.Client);

        Exchange(client, streams, 2_000);
        long[] before = [await Allocations.AllocatedAsync(mesh.Outbound), await Allocations.AllocatedAsync(mesh.Inbound)];
        Exchange(client, streams, Requests);
        long[] after = [await Allocations.AllocatedAsync(mesh.Outbound), await Allocations.AllocatedAsync(mesh.Inbound)];

        Assert.InRange(after[0] - before[0], 0, Allocations.Noise);
        Assert.InRange(after[1] - before[1], 0, Allocations.Noise);
    }

    [Fact]
    public async Task LargeBodies_InSteadyState_AllocateNothing()
    {
        const int requests = 500;
        byte[] body = new byte[50_000];
        (TcpListener listener, IPEndPoint server) = RawHttp2.Listen((RawHttp2 peer, in Http2Event e) =>
        {
            if (e.Kind == Http2EventKind.Data) peer.Codec.Consume(e.Stream!, e.Data.Length);
            if (e is not { Kind: Http2EventKind.Request or Http2EventKind.Data, EndStream: true }) return;
            peer.Answer(e.Stream!, body);
            // The next one would find no room.
            peer.Flush();
        });
        using TcpListener _ = listener;
        await using var mesh = new Http2Mesh(server, mutualTls: false);
        using var client = new RawHttp2(mesh.ConnectRaw(), Http2Role.Client);

        Exchange(client, streams: 10, requests);
        long[] before = [await Allocations.AllocatedAsync(mesh.Outbound), await Allocations.AllocatedAsync(mesh.Inbound)];
        Exchange(client, streams: 10, requests);
        long[] after = [await Allocations.AllocatedAsync(mesh.Outbound), await Allocations.AllocatedAsync(mesh.Inbound)];

        // How many buffers are in use at one time differs; one for each time that the output is full would be tens of megabytes.
        Assert.InRange(after[0] - before[0], 0, 5_000_000);
        Assert.InRange(after[1] - before[1], 0, 5_000_000);
    }

    private static void Serve(RawHttp2 peer, in Http2Event e)
    {
        if (e.Kind == Http2EventKind.Data) peer.Codec.Consume(e.Stream!, e.Data.Length);
        if (e is { Kind: Http2EventKind.Request or Http2EventKind.Data, EndStream: true }) peer.Answer(e.Stream!, "hello"u8);
    }

    private static async Task TrimAsync(ProxyUnderTest proxy)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DataPlane.OnLoop(0, () =>
        {
            proxy.DataPlane.TrimPools(0);
            done.SetResult();
        });
        await done.Task;
    }

    private static async Task<int> IdleAsync(ProxyUnderTest proxy)
    {
        var answer = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.DataPlane.OnLoop(0, () => answer.SetResult(proxy.DataPlane.IdleStreams(0)));
        return await answer.Task;
    }

    /// <summary>Some streams at a time, each a POST with a small body.</summary>
    private static void Exchange(RawHttp2 client, int streams, int count)
    {
        int open = 0, done = 0, begun = 0;
        while (done < count)
        {
            while (open < streams && begun < count)
            {
                client.Request("POST"u8, "/path"u8, "ab"u8);
                open++;
                begun++;
            }
            Assert.True(client.Step((RawHttp2 peer, in Http2Event e) =>
            {
                if (e.Kind == Http2EventKind.Data) peer.Codec.Consume(e.Stream!, e.Data.Length);
                if (e.Kind == Http2EventKind.Reset) Assert.Fail("the stream was reset");
                if (!e.EndStream) return;
                Assert.Equal(200, e.Stream!.Head.Status);
                peer.Codec.Release(e.Stream);
                open--;
                done++;
            }));
        }
    }
}
