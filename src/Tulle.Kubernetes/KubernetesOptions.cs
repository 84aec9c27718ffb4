namespace Tulle.Kubernetes;

/// <summary>How to reach a Kubernetes API server and as whom.</summary>
public sealed record KubernetesOptions
{
    /// <summary>Base address, <c>https://host:port</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Certificates that the server's own must chain to, PEM; null for the system's.</summary>
    public string? CertificateAuthorityPem { get; init; }

    /// <summary>Name the server's certificate must carry when it is not the host of <see cref="Server"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Takes any certificate. Only for tests against a throw-away server.</summary>
    public bool SkipTlsVerification { get; init; }

    /// <summary>Bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>File with a bearer token that changes over time; read again once a minute, as Kubernetes' own clients do.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Client certificate, PEM, leaf first; with <see cref="ClientKeyPem"/>.</summary>
    public string? ClientCertificatePem { get; init; }

    /// <summary>Private key of <see cref="ClientCertificatePem"/>, PEM.</summary>
    public string? ClientKeyPem { get; init; }

    /// <summary>HTTP proxy on the way to the server; null for none. The environment is never consulted.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Namespace of the context.</summary>
    public string Namespace { get; init; } = "default";

    public string UserAgent { get; init; } = "tulle";

    /// <summary>
    /// Time one request may take, watches and streams excepted. 30 s: as long as a slow list takes, shorter than the
    /// patience of a person.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called with the text of every <c>Warning</c> header of an answer, on the thread that reads the answer.</summary>
    public Action<string>? OnWarning { get; init; }
}
