using System.Runtime.InteropServices;

namespace Tulle.Cli.Terminal;

/// <summary>
/// Standard output that says when nobody reads it any more: <c>head</c> has its lines, <c>less</c> was left. .NET ignores SIGPIPE and drops
/// such writes without a word, so that a command which writes for ever would never end. Writes come from one thread at a time.
/// </summary>
/// <param name="inner">Where the bytes go.</param>
/// <param name="unread">Called once, after a write that found no reader.</param>
internal sealed partial class StandardOutput(Stream inner, Action unread) : Stream
{
    private const int Descriptor = 1;

    // poll.h: the other end of a pipe is closed.
    private const short Error = 8;

    private bool _said;

    public static Stream Open(Action unread)
    {
        Stream console = Console.OpenStandardOutput();
        return Console.IsOutputRedirected ? new StandardOutput(console, unread) : console;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"the output cannot be written: {(e is UnauthorizedAccessException ? "standard output is closed" : e.Message)}");
        }
        if (_said || !IsUnread()) return;
        _said = true;
        unread();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static bool IsUnread()
    {
        PollDescriptor descriptor = new() { Number = Descriptor };
        return Poll(ref descriptor, 1, 0) > 0 && (descriptor.Returned & Error) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int timeoutMillis);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Number;
        public short Requested;
        public short Returned;
    }
}
