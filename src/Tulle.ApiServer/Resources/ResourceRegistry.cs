using System.Collections.Immutable;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Resources;

/// <summary>
/// Every resource served now. Built-in kinds never change; those of CustomResourceDefinitions come and go. Reads see one
/// immutable snapshot.
/// </summary>
internal sealed class ResourceRegistry
{
    private readonly ImmutableDictionary<(string Group, string Plural), ServedResource> _builtIn;
    private Snapshot _snapshot;

    public ResourceRegistry(IEnumerable<ResourceKind> kinds)
    {
        ImmutableArray<ServedResource> resources = [.. kinds.Select(BuiltInResources.From)];
        _builtIn = resources.ToImmutableDictionary(resource => (resource.Kind.Group, resource.Kind.Plural));
        _snapshot = new Snapshot(0, resources, _builtIn);
    }

    /// <summary>Everything served, built-in kinds first.</summary>
    public ImmutableArray<ServedResource> All => Volatile.Read(ref _snapshot).All;

    /// <summary>Rises with every change, so that derived documents know when they are stale.</summary>
    public long Generation => Volatile.Read(ref _snapshot).Generation;

    public bool IsBuiltIn(string group, string plural) => _builtIn.ContainsKey((group, plural));

    public ServedResource? Find(string group, string plural) =>
        Volatile.Read(ref _snapshot).ByName.GetValueOrDefault((group, plural));

    /// <summary>Serves a custom resource, instead of what was served under its name before. Built-in kinds are not replaced.</summary>
    public void Serve(ServedResource resource)
    {
        if (IsBuiltIn(resource.Kind.Group, resource.Kind.Plural)) return;
        Change(custom => custom.SetItem((resource.Kind.Group, resource.Kind.Plural), resource));
    }

    /// <summary>Stops serving a custom resource.</summary>
    public void Withdraw(string group, string plural)
    {
        if (IsBuiltIn(group, plural)) return;
        Change(custom => custom.Remove((group, plural)));
    }

    private void Change(Func<ImmutableDictionary<(string, string), ServedResource>, ImmutableDictionary<(string, string), ServedResource>> change)
    {
        while (true)
        {
            Snapshot old = Volatile.Read(ref _snapshot);
            ImmutableDictionary<(string, string), ServedResource> byName = change(old.ByName);
            if (ReferenceEquals(byName, old.ByName)) return;
            ImmutableArray<ServedResource> custom =
                [.. byName.Where(entry => !_builtIn.ContainsKey(entry.Key)).OrderBy(entry => entry.Key).Select(entry => entry.Value)];
            ImmutableArray<ServedResource> builtIn = [.. old.All.Where(resource => !resource.Custom)];
            var changed = new Snapshot(old.Generation + 1, [.. builtIn, .. custom], byName);
            if (Interlocked.CompareExchange(ref _snapshot, changed, old) == old) return;
        }
    }

    private sealed record Snapshot(
        long Generation, ImmutableArray<ServedResource> All, ImmutableDictionary<(string, string), ServedResource> ByName);
}
