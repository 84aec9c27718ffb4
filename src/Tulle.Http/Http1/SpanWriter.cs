using System.Buffers.Text;

namespace Tulle.Http.Http1;

/// <summary>Fills a span; once something did not fit, everything after it is ignored and <see cref="Overflowed"/> stays set.</summary>
public ref struct SpanWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    /// <summary>Something did not fit.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Writes bytes as they are.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (Overflowed || bytes.Length > _destination.Length - Written)
        {
            Overflowed = true;
            return;
        }
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    /// <summary>Writes a number in decimal.</summary>
    public void Write(long number)
    {
        if (Overflowed || !Utf8Formatter.TryFormat(number, _destination[Written..], out int digits)) Overflowed = true;
        else Written += digits;
    }
}
