using System.Buffers;

namespace Tulle.Http;

/// <summary>Byte classes of RFC 9110 and RFC 3986, searched with vector instructions.</summary>
internal static class Characters
{
    private const string Alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>tchar, RFC 9110 §5.6.2.</summary>
    public static readonly SearchValues<byte> Token = Of(Alphanumeric + "!#$%&'*+-.^_`|~");

    /// <summary>tchar without upper-case letters: names in HTTP/2, RFC 9113 §8.2.1.</summary>
    public static readonly SearchValues<byte> LowerToken = Of("0123456789abcdefghijklmnopqrstuvwxyz!#$%&'*+-.^_`|~");

    /// <summary>
    /// What ends or breaks a field line: every control byte but HTAB. CR must be the first of them and LF must follow
    /// (RFC 9112 §2.2: a bare CR is invalid; we also refuse a bare LF, which peers read differently).
    /// </summary>
    public static readonly SearchValues<byte> LineBreakers = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127,
    ]);

    /// <summary>
    /// Bytes of a request target: visible ASCII without '#', which never belongs to a request (RFC 9112 §3.2). Bytes that
    /// RFC 3986 wants escaped, such as '|' and '{', are common in the wild and harmless, so they pass verbatim.
    /// </summary>
    public static readonly SearchValues<byte> Target = Visible(except: '#');

    /// <summary>
    /// reg-name of RFC 3986 §3.2.2 without the comma: "a,b" is what a joined pair of Host fields looks like.
    /// </summary>
    public static readonly SearchValues<byte> Host = Of(Alphanumeric + "-._~%!$&'()*+;=");

    /// <summary>Inside the brackets of an IP literal, RFC 3986 §3.2.2, with the zone separator of RFC 6874.</summary>
    public static readonly SearchValues<byte> IpLiteral = Of(Alphanumeric + ":.%-_~");

    /// <summary>RFC 3986 §3.1, after the first letter.</summary>
    public static readonly SearchValues<byte> Scheme = Of(Alphanumeric + "+-.");

    /// <summary>The alphabet of base64url without padding, RFC 4648 §5.</summary>
    public static readonly SearchValues<byte> Base64Url = Of(Alphanumeric + "-_");

    public static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    public static bool IsLetter(byte value) => (uint)((value | 0x20) - 'a') <= 'z' - 'a';

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(characters.Select(c => (byte)c).ToArray());

    private static SearchValues<byte> Visible(char except) =>
        SearchValues.Create(Enumerable.Range(0x21, 0x7E - 0x20).Where(b => b != except).Select(b => (byte)b).ToArray());
}
