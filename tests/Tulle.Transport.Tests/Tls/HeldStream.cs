namespace Tulle.Transport.Tests.Tls;

/// <summary>Passes bytes through, until it is told to hold back what is written and to send it in pieces.</summary>
internal sealed class HeldStream(Stream inner) : Stream
{
    private MemoryStream? _held;
    private int _sent;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>Bytes that are held and not sent.</summary>
    public override long Length => (_held?.Length ?? 0) - _sent;

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Hold() => _held = new MemoryStream();

    /// <summary>Sends the next bytes, in one write.</summary>
    public void Send(int count)
    {
        inner.Write(_held!.GetBuffer(), _sent, count);
        _sent += count;
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => (_held ?? inner).Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => (_held ?? inner).WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
