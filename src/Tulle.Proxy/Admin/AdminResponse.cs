using System.Text;

namespace Tulle.Proxy.Admin;

/// <param name="Body">Bytes of the content.</param>
internal sealed record AdminResponse(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private int? _contentLength;

    public static AdminResponse Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>What HEAD gets: the length of the content, without it (RFC 9110 §9.3.2).</summary>
    public AdminResponse WithoutBody() => this with { Body = default, _contentLength = Body.Length };

    public byte[] Head()
    {
        string phrase = Status switch { 200 => "OK", 400 => "Bad Request", 404 => "Not Found", 405 => "Method Not Allowed", _ => "Service Unavailable" };
        string allow = Status == 405 ? "Allow: GET, HEAD\r\n" : "";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {Status} {phrase}\r\nContent-Type: {ContentType}\r\nContent-Length: {_contentLength ?? Body.Length}\r\n"
            + $"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n{allow}Connection: close\r\n\r\n");
    }
}
