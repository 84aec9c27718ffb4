using Tulle.Proxy.Pooling;

namespace Tulle.Proxy.Forwarding;

// What differs between the directions: where a request goes, and who hears how it went.
internal abstract partial class HttpSession
{
    /// <summary>Finds out where the request goes. Wait: an answer is on the way and will signal this session.</summary>
    protected abstract Step Route(out MeshError error);

    /// <summary>The session waits for <see cref="Route"/>'s answer no longer.</summary>
    protected virtual void OnRouteTimeout()
    {
    }

    /// <summary>Picks the endpoint for the next attempt; null when there is none (left).</summary>
    protected abstract EndpointPool? PickEndpoint();

    /// <summary>
    /// When no further connection may be made: another endpoint of the backend that has an idle one and would do as well, picked
    /// instead; null without.
    /// </summary>
    protected virtual EndpointPool? PickIdleEndpoint() => null;

    /// <summary>The picked endpoint is not used after all.</summary>
    protected virtual void DropEndpoint()
    {
    }

    /// <summary>The backend has endpoints, usable or not.</summary>
    protected virtual bool HasEndpoints => false;

    /// <summary>SPIFFE ID that the client proved, for limits by identity; empty without.</summary>
    protected virtual string ClientIdentity => "";

    /// <summary>Whether the server behind the picked endpoint is spoken to in HTTP/2.</summary>
    protected abstract bool SpeaksHttp2 { get; }

    /// <summary>A new connection to the picked endpoint is up.</summary>
    protected virtual void OnConnected()
    {
    }

    /// <summary>Hears how an attempt at the picked endpoint ended, for balancing.</summary>
    protected virtual void OnAttemptEnded(bool failed)
    {
    }

    /// <summary>The request is for something else than forwarding (CONNECT); null to forward it.</summary>
    protected virtual Session? TakeOver() => null;
}
