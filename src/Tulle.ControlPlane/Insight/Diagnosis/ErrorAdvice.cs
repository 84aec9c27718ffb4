namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>What reasons of mesh errors mean where nothing else explains them, and what to do.</summary>
internal static class ErrorAdvice
{
    public static (string What, string Remedy) Of(string reason) => reason switch
    {
        "no-endpoints" or "no-healthy-endpoints" => ("there was no ready endpoint at that moment", "it is over: all endpoints that it needs are there now; restarts without a second replica do this"),
        "connect-failed" or "connect-timeout" => ("no endpoint took a connection", "see whether the pods restart or are overloaded: tulle get pods"),
        "tls-failed" => ("the TLS handshake failed", "compare the trust anchors and clocks of both sides: tulle check"),
        "identity-mismatch" => ("the server proved another identity than the mesh expects there", "see whether two workloads share an address, or the pod's service account was changed without a restart"),
        "no-certificate" => ("the sidecar has no certificate", "its log says why: tulle logs POD"),
        "discovery-timeout" => ("the control plane did not say in time where the service is", "see whether the control plane is overloaded: tulle check"),
        "upstream-reset" or "stream-reset" => ("the application closed the connection in the middle of a request", "its log says why; a keep-alive timeout of the application below the clients' does this, too"),
        "stream-refused" => ("the application refused the request before it read it", "it limits concurrent streams, or was going down"),
        "upstream-protocol" or "upstream-http2" => ("the application's answer is not valid HTTP", "see whether the port speaks another protocol: name it in the service's port (appProtocol)"),
        "bad-request" or "bad-http2" or "header-too-large" or "target-too-long" or "not-supported" => ("the client's request is not valid HTTP, or too large", "see what the client sends: tulle tap"),
        "loop-detected" => ("the request would come back to the proxy that sent it", "the client calls itself; correct the address that it calls"),
        "load-shed" or "overloaded" => ("the sidecar has as many requests in flight as it takes", "add replicas of the client, or have it send less"),
        "draining" => ("the server was going down", "give clients a retry (ServiceProfile isRetryable, or VirtualService retries)"),
        _ => ("see its entry in docs/reference/proxy.md", "docs/reference/proxy.md says what to do about it"),
    };
}
