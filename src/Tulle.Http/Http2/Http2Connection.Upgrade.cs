using System.Buffers;
using System.Buffers.Text;

namespace Tulle.Http.Http2;

public sealed partial class Http2Connection
{
    // Seven settings are defined, and clients add one or two that mean nothing.
    private const int MaxUpgradeSettings = 32;

    // Body that may follow the 101 before the client has said its preface. curl (up to 8.x) refuses more than 32 KiB in one read with it.
    private const int UnheardWindow = 16 * 1024;

    // Part of the connection's window that is withheld until then.
    private int _withheldWindow;

    /// <summary>
    /// Server: begins a connection that the client has asked for in HTTP/1.1 (RFC 7540 §3.2). The request becomes stream 1,
    /// which the client has ended; the client's preface and SETTINGS are still to come. The owner sends 101 before
    /// <see cref="Output"/>. Null, and nothing else may be done with the object but <see cref="Close"/>, when the settings or the
    /// request would not do in HTTP/2; the client then is served in HTTP/1.1.
    /// </summary>
    /// <param name="settings">The value of HTTP2-Settings: the payload of a SETTINGS frame in base64url.</param>
    /// <param name="request">A whole request that has no body.</param>
    public Http2Stream? TryUpgrade(ReadOnlySpan<byte> settings, in RequestView request)
    {
        Span<byte> payload = stackalloc byte[MaxUpgradeSettings * SettingSize];
        if (settings.ContainsAnyExcept(Characters.Base64Url)) return null;
        if (Base64Url.DecodeFromUtf8(settings, payload, out _, out int length) != OperationStatus.Done || length % SettingSize != 0) return null;
        // The 101 acknowledges them.
        if (Apply(payload[..length]) != Http2ErrorKind.None) return null;

        Http2Stream stream = NewStream(1);
        _lastRemoteId = 1;
        stream.Head.SetRequest(request);
        stream.Head.FinishRequest(allowsExtendedConnect: false);
        if (stream.Head.Problem != Http2ErrorKind.None || stream.Head.IsTooLarge)
        {
            Discard(stream);
            return null;
        }
        stream.HeadReceived = true;
        stream.RemoteEnded = true;
        _withheldWindow = Http2Settings.DefaultWindow - UnheardWindow;
        _sendWindow -= _withheldWindow;
        return stream;
    }

    /// <summary>The preface was heard. Whether somebody waits for what was withheld.</summary>
    private bool ReleaseWindow()
    {
        _sendWindow += _withheldWindow;
        bool awaited = _withheldWindow > 0 && _isBlocked;
        _withheldWindow = 0;
        if (awaited) _isBlocked = false;
        return awaited;
    }
}
