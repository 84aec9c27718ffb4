using Tulle.Http.Http2;

namespace Tulle.Proxy.Http2;

/// <summary>Who drives a link: a server's session or a client's connection.</summary>
internal interface IHttp2LinkOwner
{
    /// <summary>A client's request has come on a new stream. Servers only.</summary>
    void OnRequest(Http2Stream stream, bool ended);

    /// <summary>A request was refused, or the connection broke a rule: something to be counted.</summary>
    void OnError(Http2Error error);

    /// <summary>A stream was given back, so another may be opened.</summary>
    void OnStreamReleased();

    /// <summary>The connection is closed next. Once.</summary>
    void OnLosing();
}
