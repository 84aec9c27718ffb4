using System.Globalization;
using System.Net;
using System.Text.Unicode;

namespace Tulle.Proxy.AccessLog;

// How values are written: quoted and escaped, so that nothing that a peer sent can pass for something else.
internal ref partial struct AccessLogLine
{
    private void Address(IPEndPoint? endPoint, bool withPort)
    {
        Span<byte> text = stackalloc byte[64];
        if (endPoint is null || !endPoint.Address.TryFormat(text[1..], out int length))
        {
            Absent();
            return;
        }
        if (!withPort)
        {
            Text(text.Slice(1, length));
            return;
        }
        int start = 1;
        if (endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
        {
            text[0] = (byte)'[';
            text[1 + length++] = (byte)']';
            start = 0;
            length++;
        }
        text[start + length++] = (byte)':';
        endPoint.Port.TryFormat(text[(start + length)..], out int digits, default, CultureInfo.InvariantCulture);
        Text(text.Slice(start, length + digits));
    }

    private void Number(long number, bool isThere = true)
    {
        if (isThere) _writer.Write(number);
        else Absent();
    }

    private void Text(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            Absent();
            return;
        }
        Span<byte> bytes = stackalloc byte[1024];
        Utf8.FromUtf16(text, bytes, out _, out int written);
        Text(bytes[..written]);
    }

    private void Text(scoped ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            Absent();
            return;
        }
        Open();
        Escaped(text.Length > _part.MaxLength ? text[.._part.MaxLength] : text);
        Close();
    }

    private void Open()
    {
        if (_part.IsJsonValue) _writer.Write("\""u8);
    }

    private void Close() => Open();

    private void Absent() => _writer.Write(_part.IsJsonValue ? "null"u8 : "-"u8);

    /// <summary>What a peer sent must neither end a line, nor a quoted value, nor make JSON invalid.</summary>
    private void Escaped(scoped ReadOnlySpan<byte> text)
    {
        bool latin = model.IsJson && !Utf8.IsValid(text);
        int run = 0;
        Span<byte> digits = stackalloc byte[2];
        for (int i = 0; i < text.Length; i++)
        {
            byte next = text[i];
            if (next is >= 0x20 and not ((byte)'"' or (byte)'\\' or 0x7f) && (next < 0x80 || !latin)) continue;
            _writer.Write(text[run..i]);
            run = i + 1;
            _writer.Write(model.IsJson ? "\\u00"u8 : "\\x"u8);
            digits[0] = Hexadecimal(next >> 4);
            digits[1] = Hexadecimal(next & 15);
            _writer.Write(digits);
        }
        _writer.Write(text[run..]);
    }

    private static byte Hexadecimal(int digit) => "0123456789abcdef"u8[digit];
}
