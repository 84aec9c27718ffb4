using Tulle.Model.Documents;

namespace Tulle.Local.Compose;

/// <summary>A Compose file as written, reduced to what makes sense for processes.</summary>
public sealed record ComposeConfig
{
    /// <summary>Name of the mesh's application: <c>name</c>, or the folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace of its objects: <c>x-tulle.namespace</c>, by default <c>default</c>.</summary>
    public required string Namespace { get; init; }

    /// <summary>Folder of the file: relative working directories start here.</summary>
    public required string Folder { get; init; }

    /// <summary>Header fields whose values no tap shows, of any service: <c>x-tulle.redact_headers</c>.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<ServiceConfig> Services { get; init; }
}

/// <summary>One service of a Compose file. Values may still hold <c>${PORT}</c>, which is known per replica.</summary>
public sealed record ServiceConfig
{
    public required string Name { get; init; }

    /// <summary>Program and arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    public required IReadOnlyList<PortConfig> Ports { get; init; }

    public required IReadOnlyList<DependencyConfig> DependsOn { get; init; }

    public required int Replicas { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Null: a TCP connect to the first port, or nothing when there is none.</summary>
    public HealthcheckConfig? Healthcheck { get; init; }

    public required IReadOnlyList<UpstreamConfig> Upstreams { get; init; }

    /// <summary>Header fields of its requests and responses whose values no tap shows, beyond those of the whole file; in its callers' sidecars neither.</summary>
    public IReadOnlyList<string> RedactedHeaders { get; init; } = [];

    public required SourceLocation Location { get; init; }
}

/// <summary>A port of a service.</summary>
/// <param name="Port">The service's port, which clients name.</param>
/// <param name="Published">A port of 127.0.0.1 through which it is reached from outside the mesh; null for none.</param>
public sealed record PortConfig(int Port, int? Published);

/// <summary>A service that must run first.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Healthy">Whether all its replicas must be ready (<c>service_healthy</c>), not only started.</param>
public sealed record DependencyConfig(string Service, bool Healthy);

/// <summary>How to tell whether a replica is healthy.</summary>
public sealed record HealthcheckConfig
{
    /// <summary>Program and arguments; empty turns the check off (<c>NONE</c>).</summary>
    public required IReadOnlyList<string> Test { get; init; }

    /// <summary>Between checks of a healthy replica. 10 s, as a Kubernetes probe; Compose's own default is 30 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one check may take. 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures in a row that make a replica unready. 3, as in Compose and Kubernetes.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Time after the start in which failures are not reported. 0 s, as in Compose.</summary>
    public TimeSpan StartPeriod { get; init; } = TimeSpan.Zero;
}

/// <summary>A local port that leads to a service of the mesh.</summary>
/// <param name="Listen">Loopback address and port, as written.</param>
/// <param name="Authority">The service, <c>host:port</c>.</param>
public sealed record UpstreamConfig(string Listen, string Authority);
