using Tulle.Protocol;

namespace Tulle.ControlPlane.Distribution;

/// <summary>
/// The mesh at one moment, as clients see it. Answers are shared between callers and must not be changed. Thread-safe.
/// </summary>
internal interface IMeshView
{
    /// <summary>What a client needs to reach an authority.</summary>
    Destination Destination(string clientNamespace, string clientPod, string authority);

    /// <summary>What holds for connections to a pod. Unknown pods get what their namespace demands.</summary>
    InboundPolicy Inbound(string @namespace, string pod);
}
