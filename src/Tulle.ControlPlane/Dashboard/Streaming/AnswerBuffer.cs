using System.Buffers;
using System.IO.Pipelines;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>
/// An answer while it is written and kept: pieces of rented memory. Answers about large meshes have megabytes and are written anew every few seconds; as arrays
/// of their own they would make the collector go through all memory each time. Not thread-safe; <see cref="Clear"/> gives the memory back.
/// </summary>
internal sealed class AnswerBuffer : PipeWriter
{
    /// <summary>Bytes of a piece; well below what the collector keeps apart as large.</summary>
    private const int PieceBytes = 32 * 1024;

    private readonly List<(byte[] Bytes, int Used)> _pieces = [];

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_pieces.Count == 0 || _pieces[^1] is var (last, used) && last.Length - used < Math.Max(sizeHint, 1))
            _pieces.Add((ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, PieceBytes)), 0));
        (byte[] bytes, int from) = _pieces[^1];
        return bytes.AsMemory(from);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        (byte[] piece, int used) = _pieces[^1];
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(piece.Length - used), nameof(bytes));
        _pieces[^1] = (piece, used + bytes);
        Length += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(default(FlushResult));

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void CopyTo(IBufferWriter<byte> to)
    {
        foreach ((byte[] bytes, int used) in _pieces) to.Write(bytes.AsSpan(0, used));
    }

    public byte[] ToArray()
    {
        var all = new ArrayBufferWriter<byte>(Math.Max(1, (int)Length));
        CopyTo(all);
        return all.WrittenSpan.ToArray();
    }

    /// <summary>Whether the same bytes were written, in whatever pieces.</summary>
    public bool SequenceEqual(AnswerBuffer other)
    {
        if (Length != other.Length) return false;
        (int piece, int at) = (0, 0);
        foreach ((byte[] bytes, int used) in _pieces)
        {
            for (int done = 0; done < used;)
            {
                (byte[] theirs, int theirUsed) = other._pieces[piece];
                int length = Math.Min(used - done, theirUsed - at);
                if (!bytes.AsSpan(done, length).SequenceEqual(theirs.AsSpan(at, length))) return false;
                (done, at) = (done + length, at + length);
                if (at == theirUsed) (piece, at) = (piece + 1, 0);
            }
        }
        return true;
    }

    /// <summary>Forgets what was written, and gives the memory back.</summary>
    public void Clear()
    {
        foreach ((byte[] bytes, _) in _pieces) ArrayPool<byte>.Shared.Return(bytes);
        _pieces.Clear();
        Length = 0;
    }
}
