using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Model.Documents;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.ControlPlane.Registry;

/// <summary>Keeps the objects of one kind in the list of what configures the mesh, and passes everything on to the store that reads the kind, if one does.</summary>
internal sealed class ConfigurationStore(ResourceKind kind, ConfiguredObjects objects, WatchProgress progress, IReflectorHandler? next, ILogger log) : IReflectorHandler
{
    public void Handle(ReflectorEvent change)
    {
        progress.Heard();
        if (change.Object is { } value && IsListed(kind)) Note(change.Kind, value);
        next?.Handle(change);
        if (change.Kind == ReflectorEventKind.Synced) progress.Synced();
    }

    public void Watching()
    {
        progress.Works();
        next?.Watching();
    }

    public void Failed(Exception error)
    {
        progress.Failed(error.Message);
        if (next is not null) next.Failed(error);
        else log.WatchFailed(kind.Plural, error.Message);
    }

    /// <summary>Kinds that configure the mesh: their own groups, and Services, whose annotations do.</summary>
    private static bool IsListed(ResourceKind kind) => kind.Kind == "Service" || MeshKinds.All.Contains(kind);

    private void Note(ReflectorEventKind change, JsonObject value)
    {
        var key = new ObjectKey(value.ObjectNamespace(), value.ObjectName());
        try
        {
            if (change == ReflectorEventKind.Deleted) objects.Remove(kind, key);
            else objects.Take(kind, key, JsonNodes.FromJson(value));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.DecodeFailed(kind.Plural, key.ToString(), error.Message);
        }
    }
}
