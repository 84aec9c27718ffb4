using System.Text;

namespace Tulle.Cli.Commands.Logs;

/// <summary>A stream that prints whole lines with a prefix, so that the lines of several logs do not run into each other.</summary>
internal sealed class LineWriter(TextWriter output, string prefix, SemaphoreSlim gate) : Stream
{
    // A program that never ends its line must not take memory for ever.
    private const int MaxLine = 64 * 1024;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        char[] chars = new char[_decoder.GetCharCount(buffer, flush: false)];
        _decoder.GetChars(buffer, chars, flush: false);
        gate.Wait();
        try
        {
            foreach (char c in chars)
            {
                if (c == '\n' || _line.Length >= MaxLine) Print();
                if (c != '\n') _line.Append(c);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush() => output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _line.Length > 0) Print();
        base.Dispose(disposing);
    }

    private void Print()
    {
        output.WriteLine($"{prefix}{_line}");
        _line.Clear();
    }
}
