using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Check;

/// <summary>Whether there is a mesh to ask; opens the session that the other checks use.</summary>
internal sealed class ApiChecks(CliEnvironment environment, Func<MeshSession> open) : IDisposable
{
    private MeshSession? _mesh;

    /// <summary>The mesh, for checks that run after these succeeded.</summary>
    public MeshSession Mesh => _mesh ?? throw new InvalidOperationException("the API checks come first");

    public CheckCategory Category => new("tulle-api",
    [
        new("can find the kubeconfig of the mesh", FindAsync, Fatal: true),
        new("can query the Kubernetes API", QueryAsync, Fatal: true),
        new("clocks of this machine and the API agree", ClockAsync),
    ]);

    public void Dispose() => _mesh?.Dispose();

    private Task<CheckOutcome> FindAsync(CancellationToken stop)
    {
        _mesh = open();
        return Task.FromResult(CheckOutcome.Good);
    }

    private async Task<CheckOutcome> QueryAsync(CancellationToken stop)
    {
        await Mesh.Client.GetRawAsync("/version", stop);
        await Mesh.Client.ListAsync(ResourcePath.Of("", "v1", "namespaces"), cancellation: stop);
        return CheckOutcome.Good;
    }

    /// <summary>Tokens and certificates are refused when clocks differ, with messages that do not say so.</summary>
    private async Task<CheckOutcome> ClockAsync(CancellationToken stop)
    {
        ResourceList leases = await Mesh.Client.ListAsync(ResourcePath.Of("", "v1", "namespaces"), cancellation: stop);
        DateTimeOffset newest = leases.Items
            .Select(n => DateTimeOffset.TryParse(n.Text("metadata", "creationTimestamp"), out DateTimeOffset made) ? made : DateTimeOffset.MinValue)
            .DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        TimeSpan ahead = newest - environment.Clock.GetUtcNow();
        return ahead < TimeSpan.FromSeconds(30)
            ? CheckOutcome.Good
            : CheckOutcome.Warn($"an object was made {ahead.TotalSeconds:0} s in this machine's future", "set this machine's clock (timedatectl set-ntp true)");
    }
}
