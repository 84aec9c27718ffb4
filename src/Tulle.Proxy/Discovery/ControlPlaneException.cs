namespace Tulle.Proxy.Discovery;

/// <summary>The control plane cannot be asked, for a reason on our side. The message is one sentence for the operator.</summary>
internal sealed class ControlPlaneException(string message) : Exception(message);
