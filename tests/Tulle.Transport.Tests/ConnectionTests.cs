using System.Net;
using System.Net.Sockets;

namespace Tulle.Transport.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public void Echo_ManySizes_ArrivesUnchanged()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(EchoAsync);
        using Socket client = LoopFixture.Client(address);
        foreach (int size in new[] { 1, 100, 16 * 1024, 16 * 1024 + 1, 200_000 })
        {
            byte[] sent = RandomBytes(size);
            client.Send(sent);
            Assert.Equal(sent, Read(client, size));
        }
    }

    [Fact]
    public void Write_PeerThatReadsLate_TakesPartsAndWaits()
    {
        const int size = 20_000_000;
        byte[] sent = RandomBytes(size);
        int waits = 0;
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            for (int at = 0; at < size;)
            {
                int n = connection.Write(sent.AsSpan(at, Math.Min(size - at, 1_000_000)));
                Assert.True(n >= 0);
                at += n;
                if (n > 0) continue;
                waits++;
                await strand;
            }
        });
        using Socket client = LoopFixture.Client(address);
        Assert.Equal(sent, Read(client, size));
        Assert.True(waits > 0);
    }

    [Fact]
    public void Receive_FullBuffer_SaysSoAndGoesOnAfterConsume()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            IoStatus status;
            while ((status = connection.Receive()) != IoStatus.Full)
            {
                if (status == IoStatus.Wait) await strand;
            }
            Assert.Equal(BufferPool.BufferSize, connection.Received.Length);
            Assert.True(connection.Grow());
            while ((status = connection.Receive()) != IoStatus.Full)
            {
                if (status == IoStatus.Wait) await strand;
            }
            Assert.Equal(BufferPool.LargeBufferSize, connection.Received.Length);
            Assert.False(connection.Grow());
            connection.WriteAll("ok"u8);
            connection.Consume(connection.Received.Length);
        });
        using Socket client = LoopFixture.Client(address);
        client.Send(new byte[100_000]);
        Assert.Equal("ok"u8.ToArray(), Read(client, 2));
    }

    [Fact]
    public async Task Connection_ThatHoldsNothing_HoldsNoBuffer()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(EchoAsync);
        var clients = Enumerable.Range(0, 50).Select(_ => LoopFixture.Client(address)).ToArray();
        foreach (Socket client in clients)
        {
            client.Send("x"u8);
            Read(client, 1);
        }
        int rented = await fixture.RunAsync(_ => Task.FromResult(fixture.Loop.Buffers.Rented));
        Assert.Equal(0, rented);
        foreach (Socket client in clients) client.Dispose();
    }

    [Fact]
    public void Peek_ShowsBytesThatAreReadAgain()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            while (connection.Peek() == IoStatus.Wait || connection.Received.Length < 4)
            {
                connection.EndPeek(waitForMore: true);
                await strand;
            }
            Assert.True(connection.Received.SequenceEqual("peek"u8));
            connection.EndPeek(waitForMore: false);
            await EchoAsync(strand, connection);
        });
        using Socket client = LoopFixture.Client(address);
        foreach (byte b in "peek"u8.ToArray()) client.Send([b]);
        Assert.Equal("peek"u8.ToArray(), Read(client, 4));
    }

    [Fact]
    public async Task ShutdownSend_PeerGetsTheEndAndMaySend()
    {
        using var fixture = new LoopFixture();
        var seen = new TaskCompletionSource<int>();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            connection.WriteAll("bye"u8);
            connection.ShutdownSend();
            IoStatus status;
            while ((status = connection.Receive()) != IoStatus.End)
            {
                if (status == IoStatus.Wait) await strand;
            }
            seen.SetResult(connection.Received.Length);
        });
        using Socket client = LoopFixture.Client(address);
        Assert.Equal("bye"u8.ToArray(), Read(client, 3));
        Assert.Equal(0, client.Receive(new byte[1]));
        client.Send("later"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(5, await seen.Task.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Connect_NobodyListens_Fails()
    {
        using var fixture = new LoopFixture();
        fixture.Serve(EchoAsync);
        IoStatus status = await fixture.RunAsync(strand => ConnectAsync(strand, new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.Equal(IoStatus.Failed, status);
    }

    [Fact]
    public async Task Connect_SomebodyListens_Succeeds()
    {
        using var fixture = new LoopFixture();
        IPEndPoint address = fixture.Serve(EchoAsync);
        Assert.Equal(IoStatus.Done, await fixture.RunAsync(strand => ConnectAsync(strand, address)));
    }

    [Fact]
    public async Task Deadline_Passes_AwaitSaysSo()
    {
        using var fixture = new LoopFixture();
        fixture.Serve(EchoAsync);
        bool inTime = await fixture.RunAsync(async strand =>
        {
            strand.SetDeadline(TimeSpan.FromMilliseconds(50));
            return await strand;
        });
        Assert.False(inTime);
    }

    [Fact]
    public async Task Post_FromManyThreads_RunsEverythingOnTheLoop()
    {
        using var fixture = new LoopFixture();
        fixture.Serve(EchoAsync);
        int count = 0, elsewhere = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                // Non-atomic on purpose: only one thread may run them. A full queue refuses, and the poster tries again.
                while (!fixture.Loop.Post(_ => { count++; if (!fixture.Loop.IsCurrent) elsewhere++; }, null)) Thread.Yield();
            }
        })));
        await fixture.RunAsync(_ => Task.FromResult(0));
        Assert.Equal(40_000, count);
        Assert.Equal(0, elsewhere);
    }

    [Fact]
    public void Post_MoreThanTheLimit_IsRefused()
    {
        using var loop = new EventLoop("full", TimeProvider.System);
        for (int i = 0; i < EventLoop.MaxPosted; i++) Assert.True(loop.Post(_ => { }, null));
        Assert.False(loop.Post(_ => { }, null));
    }

    internal static async Task EchoAsync(Strand strand, Connection connection)
    {
        while (true)
        {
            while (!connection.Received.IsEmpty)
            {
                int n = connection.Write(connection.Received);
                if (n < 0) return;
                if (n == 0) await strand;
                connection.Consume(n);
            }
            // What TLS has taken may still have to be sent.
            if (connection.HasUnsent && connection.Flush() == IoStatus.Failed) return;
            switch (connection.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    await strand;
                    continue;
                default:
                    return;
            }
        }
    }

    internal static byte[] Read(Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        for (int at = 0; at < count;)
        {
            int n = socket.Receive(buffer, at, count - at, SocketFlags.None);
            Assert.True(n > 0);
            at += n;
        }
        return buffer;
    }

    private static byte[] RandomBytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static async Task<IoStatus> ConnectAsync(Strand strand, IPEndPoint address)
    {
        Connection? connection = Connection.Connect(strand.Loop, new PeerAddress(address), strand);
        if (connection is null) return IoStatus.Failed;
        IoStatus status;
        while ((status = connection.FinishConnect()) == IoStatus.Wait) await strand;
        connection.Close();
        return status;
    }
}
