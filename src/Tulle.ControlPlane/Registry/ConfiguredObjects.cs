using Tulle.Model.Documents;
using Tulle.Model.Schemas;

namespace Tulle.ControlPlane.Registry;

/// <summary>
/// Every object that configures the mesh, also of kinds that have no effect yet, with what its validation found. Objects of core kinds are kept
/// only when there is something to say of them. Thread-safe.
/// </summary>
internal sealed class ConfiguredObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, string Kind, ObjectKey Key), ConfiguredObject> _objects = [];
    private ConfiguredObject[]? _sorted;

    /// <summary>By namespace, kind and name.</summary>
    public IReadOnlyList<ConfiguredObject> All
    {
        get
        {
            lock (_gate)
            {
                return _sorted ??= [.. _objects.Values.OrderBy(item => item.Reference.Namespace, StringComparer.Ordinal)
                    .ThenBy(item => item.Reference.Kind, StringComparer.Ordinal).ThenBy(item => item.Kind.Group, StringComparer.Ordinal)
                    .ThenBy(item => item.Reference.Name, StringComparer.Ordinal)];
            }
        }
    }

    public void Take(ResourceKind kind, ObjectKey key, MappingNode node)
    {
        ConfiguredObject taken = ConfiguredObject.Of(kind, node);
        if (kind.Group.Length == 0 && taken.Findings.Count == 0)
        {
            Remove(kind, key);
            return;
        }
        lock (_gate)
        {
            _objects[(kind.Group, kind.Kind, key)] = taken;
            _sorted = null;
        }
    }

    public void Remove(ResourceKind kind, ObjectKey key)
    {
        lock (_gate)
        {
            if (_objects.Remove((kind.Group, kind.Kind, key))) _sorted = null;
        }
    }
}
