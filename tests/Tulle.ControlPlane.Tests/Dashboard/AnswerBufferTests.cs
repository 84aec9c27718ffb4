using System.Buffers;
using CsCheck;
using Tulle.ControlPlane.Dashboard.Streaming;

namespace Tulle.ControlPlane.Tests.Dashboard;

public sealed class AnswerBufferTests
{
    /// <summary>Written in any steps, it holds what an array would, and is equal to another with the same bytes only.</summary>
    [Fact]
    public void Write_InAnySteps_IsTheSameBytes() => Gen.Select(Gen.Int[0, 100_000].Array[0, 6], Gen.Int[1, 90_000]).Sample((lengths, step) =>
    {
        byte[] all = new byte[lengths.Sum()];
        new Random(all.Length).NextBytes(all);
        AnswerBuffer one = new(), other = new();
        int from = 0;
        foreach (int length in lengths)
        {
            one.Write(all.AsSpan(from, length));
            from += length;
        }
        for (int i = 0; i < all.Length; i += step)
        {
            // As a writer does that asks for more than it needs.
            int length = Math.Min(step, all.Length - i);
            all.AsSpan(i, length).CopyTo(other.GetSpan(length + 10));
            other.Advance(length);
        }
        Assert.Equal(all, one.ToArray());
        Assert.Equal((all.Length, all.Length), ((int)one.Length, (int)other.Length));
        Assert.True(one.SequenceEqual(other) && other.SequenceEqual(one));
        if (all.Length > 0)
        {
            all[^1]++;
            other.Clear();
            other.Write(all);
            Assert.False(one.SequenceEqual(other));
        }
        one.Clear();
        Assert.Equal(0, one.Length);
        Assert.Empty(one.ToArray());
        other.Clear();
    }, iter: 50);

    [Fact]
    public void Clear_ThenWrittenAgain_TakesNoNewMemory()
    {
        var buffer = new AnswerBuffer();
        byte[] answer = new byte[500_000];
        Fill(buffer, answer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Fill(buffer, answer);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static void Fill(AnswerBuffer buffer, byte[] answer)
    {
        buffer.Write(answer);
        buffer.Clear();
    }
}
