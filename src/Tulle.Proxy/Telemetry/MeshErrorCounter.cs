using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>Requests and connections that one event loop refused or answered itself, for one reason. Only the loop writes.</summary>
internal sealed class MeshErrorCounter(Direction direction, string reason)
{
    public Direction Direction { get; } = direction;

    /// <summary>The token that the <c>tulle-error</c> header carries.</summary>
    public string Reason { get; } = reason;

    public long Count;
}
