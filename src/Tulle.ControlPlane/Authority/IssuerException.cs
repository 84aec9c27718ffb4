namespace Tulle.ControlPlane.Authority;

/// <summary>The mesh's issuer cannot be used: which object, what is wrong, what to do.</summary>
internal sealed class IssuerException(string message) : InvalidOperationException(message);
