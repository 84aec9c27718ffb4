using System.Net;

namespace Tulle.ControlPlane.Dashboard;

/// <summary>How to serve the dashboard.</summary>
public sealed record DashboardOptions
{
    /// <summary>Where browsers connect: a loopback address, because the way there is plain HTTP. Port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>What opens it: its holder may read the mesh and change its configuration. A secret of <see cref="DashboardToken.New"/>.</summary>
    public required string Token { get; init; }

    /// <summary>Name of the mesh, for people.</summary>
    public required string Mesh { get; init; }

    /// <summary>Whether the mesh runs on this machine and without a cluster.</summary>
    public bool Local { get; init; }

    /// <summary>Bounds; tests make them small.</summary>
    internal DashboardLimits Limits { get; init; } = new();

    /// <summary>The page and what belongs to it; by default what the build put into the executable.</summary>
    internal Files.DashboardFiles Files { get; init; } = Dashboard.Files.DashboardFiles.Embedded;
}
