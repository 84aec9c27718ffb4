using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Local.Addresses;
using Tulle.Local.Compose;
using Tulle.Protocol;

namespace Tulle.Local.Mirroring;

/// <summary>Writes the objects of a Compose file's services, and removes those of services that it no longer has.</summary>
internal sealed class ComposeMirror(ObjectMirror mirror, ComposeConfig compose, int firstAllowedPort)
{
    /// <returns>The Deployments' uids, by service.</returns>
    public async Task<IReadOnlyList<(string Service, string Uid)>> WriteAsync(CancellationToken cancellation)
    {
        foreach (string name in new[] { "default", ProtocolNames.SystemNamespace, compose.Namespace }.Distinct())
            await mirror.EnsureAsync(KnownPaths.Namespaces(name), Manifests.Namespace(name), cancellation).ConfigureAwait(false);
        await Task.WhenAll(AppServices().Select(service => WriteAppServiceAsync(service.App, service.Ports, cancellation))).ConfigureAwait(false);
        return await Task.WhenAll(compose.Services.Select(service => WriteServiceAsync(service, cancellation))).ConfigureAwait(false);
    }

    /// <summary>Removes what an earlier Compose file had and this one has not.</summary>
    /// <param name="pods">Pods that stay.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task PruneAsync(IReadOnlyCollection<string> pods, CancellationToken cancellation)
    {
        string[] names = [.. compose.Services.Select(service => service.Name)];
        string[] services = [.. compose.Services.Where(service => service.Ports.Count > 0).Select(service => service.Name), .. AppServices().Select(service => service.App)];
        await PruneAsync(KnownPaths.Pods(), pods, cancellation).ConfigureAwait(false);
        await PruneAsync(KnownPaths.Deployments(), names, cancellation).ConfigureAwait(false);
        await PruneAsync(KnownPaths.Services(), services, cancellation).ConfigureAwait(false);
        await PruneAsync(KnownPaths.ServiceAccounts(), names, cancellation).ConfigureAwait(false);
    }

    private async Task PruneAsync(ResourcePath collection, IReadOnlyCollection<string> kept, CancellationToken cancellation)
    {
        var managed = new ListOptions { LabelSelector = $"{MeshLabels.ManagedBy}={MeshLabels.Manager}" };
        ResourceList list = await mirror.Client.ListAsync(collection, managed, cancellation).ConfigureAwait(false);
        foreach (JsonObject item in list.Items.Where(item => item.ObjectNamespace() != compose.Namespace || !kept.Contains(item.ObjectName())))
        {
            await mirror.RemoveAsync(
                ResourcePath.Of(collection.Group, collection.Version, collection.Plural, item.ObjectNamespace(), item.ObjectName()), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(string Service, string Uid)> WriteServiceAsync(ServiceConfig service, CancellationToken cancellation)
    {
        string @namespace = compose.Namespace;
        await mirror.EnsureAsync(
            KnownPaths.ServiceAccounts(@namespace, service.Name), Manifests.ServiceAccount(@namespace, service.Name, MeshLabels.Manager), cancellation).ConfigureAwait(false);
        if (service.Ports.Count > 0)
        {
            await mirror.EnsureAsync(KnownPaths.Services(@namespace, service.Name), Manifests.Service(
                @namespace, service.Name, MeshLabels.Manager, (MeshLabels.Service, service.Name), Targets(service.Ports)), cancellation).ConfigureAwait(false);
        }
        JsonObject deployment = await mirror.EnsureAsync(
            KnownPaths.Deployments(@namespace, service.Name), Manifests.Deployment(@namespace, service, MeshLabels.Manager, PodLabels(service)), cancellation).ConfigureAwait(false);
        return (service.Name, deployment.Text("metadata", "uid") ?? "");
    }

    private Task WriteAppServiceAsync(string app, IReadOnlyList<PortConfig> ports, CancellationToken cancellation) => mirror.EnsureAsync(
        KnownPaths.Services(compose.Namespace, app),
        Manifests.Service(compose.Namespace, app, MeshLabels.Manager, ("app", app), Targets(ports)), cancellation);

    // Services named by the label `app` of several deployments: user-service-v1 and -v2 together are user-service.
    private IEnumerable<(string App, IReadOnlyList<PortConfig> Ports)> AppServices() => compose.Services
        .Where(service => service.Ports.Count > 0 && service.Labels.GetValueOrDefault("app", service.Name) != service.Name)
        .GroupBy(service => service.Labels["app"])
        .Where(group => compose.Services.All(service => service.Name != group.Key))
        .Select(group => (group.Key, (IReadOnlyList<PortConfig>)[.. group.SelectMany(service => service.Ports).DistinctBy(port => port.Port)]));

    private List<(int Port, int Target)> Targets(IReadOnlyList<PortConfig> ports) =>
        [.. ports.Select(port => (port.Port, ReplicaPorts.Target(port.Port, firstAllowedPort)))];

    internal static Dictionary<string, string> PodLabels(ServiceConfig service)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = service.Name };
        foreach ((string name, string value) in service.Labels) labels[name] = value;
        labels[MeshLabels.Service] = service.Name;
        return labels;
    }
}
