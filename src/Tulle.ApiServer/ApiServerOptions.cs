using System.Net;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Storage;
using Tulle.Model.Admission;

namespace Tulle.ApiServer;

/// <summary>How to run the embedded Kubernetes API server.</summary>
public sealed record ApiServerOptions
{
    /// <summary>The SQLite file. Made, readable by its owner only, where it is missing.</summary>
    public required string DatabasePath { get; init; }

    /// <summary>Where to listen. Port 0 takes a free one; see <see cref="KubernetesApiServer.Url"/>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The bearer token of the kubeconfig: its holder may do everything. A secret.</summary>
    public required string AdminToken { get; init; }

    /// <summary>Asked before every write; more can be added later.</summary>
    public IReadOnlyList<IResourceReviewer> Reviewers { get; init; } = [];

    /// <summary>API groups that something else in this process answers, by group name; more can be added later.</summary>
    public IReadOnlyDictionary<string, RequestDelegate> AggregatedGroups { get; init; } = new Dictionary<string, RequestDelegate>();

    /// <summary>Answers <c>kubectl logs</c>; null: not served.</summary>
    public PodLogs? PodLogs { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Connections at one time; more are closed at once. A machine's mesh has one control plane, one supervisor and a few people, and each
    /// watch over HTTP/1.1 is a connection.
    /// </summary>
    internal int MaxConnections { get; init; } = 512;

    /// <summary>Bounds of the store; tests make them small.</summary>
    internal StoreLimits Limits { get; init; } = new();
}
