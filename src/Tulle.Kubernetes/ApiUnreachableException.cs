namespace Tulle.Kubernetes;

/// <summary>No answer came from the API server: it is not running, not reachable, or not the one the certificate says.</summary>
public sealed class ApiUnreachableException(Uri server, string cause, Exception? inner)
    : Exception($"cannot reach the Kubernetes API at {server.GetLeftPart(UriPartial.Authority)}: {cause}", inner)
{
    public Uri Server { get; } = server;
}
