using Tulle.Http.Http2;

namespace Tulle.Http.Tests.Http2;

public sealed class Http2MemoryTests
{
    [Theory]
    [InlineData(1, 512)]
    [InlineData(512, 512)]
    [InlineData(513, 1_024)]
    [InlineData(2 * (64 * 1024 + 9), 256 * 1024)]
    public void Rent_AfterReturn_IsTheSameBuffer(int bytes, int length)
    {
        var memory = new Http2Memory();
        byte[] buffer = memory.Rent(bytes);
        Assert.Equal(length, buffer.Length);
        memory.Return(buffer);
        Assert.Same(buffer, memory.Rent(bytes));
    }

    [Fact]
    public void Return_MoreThanAreKept_AreForgotten()
    {
        const int kept = 4 * 1024 * 1024 / (256 * 1024);
        var memory = new Http2Memory();
        HashSet<byte[]> buffers = [.. Enumerable.Range(0, kept + 1).Select(_ => memory.Rent(256 * 1024))];
        foreach (byte[] buffer in buffers) memory.Return(buffer);
        Assert.Equal(kept, Enumerable.Range(0, kept + 1).Count(_ => buffers.Contains(memory.Rent(256 * 1024))));
    }

    [Fact]
    public void Trim_WhatNobodyNeeded_IsForgotten()
    {
        var memory = new Http2Memory();
        byte[] buffer = memory.Rent(512);
        memory.Return(buffer);
        memory.Trim();
        memory.Trim();
        Assert.NotSame(buffer, memory.Rent(512));
    }

    [Fact]
    public void Stream_OfAnotherConnection_IsHeldToTheLimitsOfItsOwn()
    {
        var memory = new Http2Memory();
        var one = new Http2Connection(Http2Role.Client, new Http2Limits { HeaderCount = 1 }, memory);
        var other = new Http2Connection(Http2Role.Client, new Http2Limits { HeaderCount = 2 }, memory);
        Http2Stream stream = one.TryOpen()!;
        one.Release(stream);
        Assert.Same(stream, other.TryOpen());
        Assert.Equal((2, 2), (stream.Head.Limits.HeaderCount, stream.Trailers.Limits.HeaderCount));
    }

    [Fact]
    public void Release_AfterClose_GivesTheStreamBackAndBorrowsNothing()
    {
        var memory = new Http2Memory();
        var client = new Http2Connection(Http2Role.Client, memory: memory);
        Http2Stream stream = client.TryOpen()!;
        client.BeginRequest(stream, "POST"u8, "http"u8, "app"u8, "/"u8);
        client.EndHead(stream, endStream: false);
        client.Close();
        client.Release(stream);
        Assert.Equal((0, 0), (client.OutputLength, client.OpenStreams));
        Assert.Same(stream, new Http2Connection(Http2Role.Client, memory: memory).TryOpen());
    }
}
