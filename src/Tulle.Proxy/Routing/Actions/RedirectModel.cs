using System.Globalization;
using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>Where a route sends its clients instead. Immutable; any thread.</summary>
internal sealed class RedirectModel
{
    private readonly byte[] _scheme;
    private readonly byte[] _authority;
    private readonly byte[] _port;
    private readonly bool _portFromScheme;
    private readonly byte[]? _full;
    private readonly byte[]? _prefix;
    private readonly byte[] _matchedPrefix;

    private RedirectModel(Redirect redirect)
    {
        Status = redirect.Status == 0 ? 301 : (int)redirect.Status;
        _scheme = Encoding.ASCII.GetBytes(redirect.Scheme);
        _authority = Encoding.UTF8.GetBytes(redirect.Authority);
        _port = redirect.Port == 0 ? [] : Encoding.ASCII.GetBytes(redirect.Port.ToString(CultureInfo.InvariantCulture));
        _portFromScheme = redirect.PortFromScheme;
        _matchedPrefix = Encoding.UTF8.GetBytes(redirect.MatchedPrefix);
        if (redirect.PathCase == Redirect.PathOneofCase.Full) _full = Encoding.UTF8.GetBytes(redirect.Full);
        if (redirect.PathCase == Redirect.PathOneofCase.Prefix) _prefix = Encoding.UTF8.GetBytes(redirect.Prefix);
    }

    public int Status { get; }

    /// <summary>Compiles a redirect; an error says what is wrong with it.</summary>
    public static (RedirectModel? Model, string? Error) Compile(Redirect redirect)
    {
        if (redirect.Status is not (0 or 301 or 302 or 303 or 307 or 308))
            return (null, $"redirect: status {redirect.Status} is not one of 301, 302, 303, 307 and 308");
        if (redirect.Scheme is not ("" or "http" or "https")) return (null, $"redirect: the scheme \"{redirect.Scheme}\" is neither http nor https");
        if (redirect.Port > 65535) return (null, $"redirect: port {redirect.Port} is above 65535");
        if (redirect.Authority.Length > 0 && HeaderEditsModel.RefuseHost(redirect.Authority) is { } wrong) return (null, $"redirect: {wrong}");
        return (PathText.Refuse(redirect.Full) ?? PathText.Refuse(redirect.Prefix)) is { } problem
            ? (null, $"redirect: {problem}")
            : (new RedirectModel(redirect), null);
    }

    /// <summary>Writes the absolute URI of the Location field (RFC 9110 §10.2.2). False when it does not fit.</summary>
    public bool TryWriteLocation(in RequestView request, Span<byte> destination, out int written)
    {
        var writer = new SpanWriter(destination);
        ReadOnlySpan<byte> scheme = _scheme.Length > 0 ? _scheme : request.Scheme;
        ReadOnlySpan<byte> authority = _authority.Length > 0 ? _authority : request.Authority;
        if (!authority.IsEmpty)
        {
            writer.Write(scheme);
            writer.Write("://"u8);
            WriteAuthority(ref writer, scheme, authority, request.Scheme);
        }
        PathText.WritePath(ref writer, request, _full, _prefix, _matchedPrefix);
        written = writer.Written;
        return !writer.Overflowed;
    }

    private void WriteAuthority(ref SpanWriter writer, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> requestScheme)
    {
        int colon = authority.LastIndexOf((byte)':');
        if (colon < authority.LastIndexOf((byte)']')) colon = -1;
        ReadOnlySpan<byte> host = colon < 0 ? authority : authority[..colon];
        ReadOnlySpan<byte> port = colon < 0 ? default : authority[(colon + 1)..];
        if (_port.Length > 0) port = _port;
        // The request's default port says nothing about the other scheme's.
        else if (_portFromScheme || (_authority.Length == 0 && port.SequenceEqual(DefaultPort(requestScheme)))) port = default;
        writer.Write(host);
        if (port.IsEmpty || port.SequenceEqual(DefaultPort(scheme))) return;
        writer.Write(":"u8);
        writer.Write(port);
    }

    private static ReadOnlySpan<byte> DefaultPort(ReadOnlySpan<byte> scheme) => Ascii.EqualsIgnoreCase(scheme, "https"u8) ? "443"u8 : "80"u8;
}
