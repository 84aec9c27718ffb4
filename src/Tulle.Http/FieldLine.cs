using System.Text;

namespace Tulle.Http;

/// <summary>
/// A header field in the forms that the codecs write. Immutable; any thread; but for one made by <see cref="Changing"/> and those of
/// edits that change their lines, which belong to one thread.
/// </summary>
public sealed class FieldLine
{
    private readonly int _start;
    private readonly int _nameLength;
    private byte[] _bytes;
    private int _valueLength;

    /// <param name="name">A token; written in lower case, as HTTP/2 wants it (RFC 9113 §8.2.1).</param>
    /// <param name="value">The value, without line breaks; UTF-8 on the wire.</param>
    public FieldLine(string name, string value)
    {
        _bytes = Encoding.UTF8.GetBytes($"{name.ToLowerInvariant()}: {value}\r\n");
        _nameLength = name.Length;
        _valueLength = _bytes.Length - name.Length - 4;
        Id = HeaderNames.Identify(Name);
    }

    /// <summary>A line in memory that it shares with others.</summary>
    internal FieldLine(FieldLine line, byte[] block, int start)
    {
        line.Line.CopyTo(block.AsSpan(start));
        (_bytes, _start, _nameLength, _valueLength, Id) = (block, start, line._nameLength, line._valueLength, line.Id);
    }

    /// <summary>Which known field it is.</summary>
    public KnownHeader Id { get; }

    /// <summary>In lower case.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(_start, _nameLength);

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value => _bytes.AsSpan(_start + _nameLength + 2, _valueLength);

    /// <summary>As a line of HTTP/1.1, with its CRLF.</summary>
    public ReadOnlySpan<byte> Line => _bytes.AsSpan(_start, _nameLength + _valueLength + 4);

    /// <summary>Where the value lies in the memory that the line shares.</summary>
    internal int ValueStart => _start + _nameLength + 2;

    /// <summary>A field whose value is set anew for every message, by <see cref="Change(ReadOnlySpan{byte})"/>; empty at first.</summary>
    public static FieldLine Changing(string name) => new(name, "") { ChangesLength = true };

    /// <summary>The line may be of another length in the next message.</summary>
    internal bool ChangesLength { get; private init; }

    /// <summary>Replaces the value, which holds no line breaks. Allocates only where it is the longest yet.</summary>
    public void Change(ReadOnlySpan<byte> value)
    {
        int start = _nameLength + 2;
        if (_valueLength != value.Length)
        {
            if (_bytes.Length < start + value.Length + 2) Array.Resize(ref _bytes, Math.Max(start + value.Length + 2, 256));
            "\r\n"u8.CopyTo(_bytes.AsSpan(start + value.Length));
            _valueLength = value.Length;
        }
        value.CopyTo(_bytes.AsSpan(start));
    }
}
