using System.Text;

namespace Tulle.Http;

/// <summary>
/// A header field in the forms that the codecs write. Immutable; any thread; but for one made by <see cref="Changing"/>, which
/// belongs to one thread.
/// </summary>
public sealed class FieldLine
{
    private readonly byte[] _name;
    private byte[] _line;
    private int _valueLength;

    /// <param name="name">A token; written in lower case, as HTTP/2 wants it (RFC 9113 §8.2.1).</param>
    /// <param name="value">The value, without line breaks; UTF-8 on the wire.</param>
    public FieldLine(string name, string value)
    {
        _name = Encoding.ASCII.GetBytes(name.ToLowerInvariant());
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        _line = [.. _name, .. ": "u8, .. bytes, .. "\r\n"u8];
        _valueLength = bytes.Length;
    }

    /// <summary>In lower case.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value => _line.AsSpan(_name.Length + 2, _valueLength);

    /// <summary>As a line of HTTP/1.1, with its CRLF.</summary>
    public ReadOnlySpan<byte> Line => _line.AsSpan(0, _name.Length + _valueLength + 4);

    /// <summary>A field whose value is set anew for every message, by <see cref="Change(ReadOnlySpan{byte})"/>; empty at first.</summary>
    public static FieldLine Changing(string name) => new(name, "");

    /// <summary>Replaces the value, which holds no line breaks. Allocates only where it is the longest yet.</summary>
    public void Change(ReadOnlySpan<byte> value) => value.CopyTo(Change(value.Length));

    /// <summary>Replaces the value by one of that length, to be written into what is returned.</summary>
    public Span<byte> Change(int length)
    {
        int start = _name.Length + 2;
        if (_valueLength != length)
        {
            if (_line.Length < start + length + 2) Array.Resize(ref _line, Math.Max(start + length + 2, 256));
            "\r\n"u8.CopyTo(_line.AsSpan(start + length));
            _valueLength = length;
        }
        return _line.AsSpan(start, length);
    }
}
