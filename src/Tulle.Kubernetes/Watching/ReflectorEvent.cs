using System.Text.Json.Nodes;

namespace Tulle.Kubernetes.Watching;

public enum ReflectorEventKind
{
    Added,
    Modified,
    Deleted,

    /// <summary>A complete listing was delivered: what is known now is what the server has. Again after every relist.</summary>
    Synced,
}

/// <summary>A change of a watched collection.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Object">
/// The object; for one whose deletion was only noticed by a relist, its metadata's name, namespace and last version. Null for <see cref="ReflectorEventKind.Synced"/>.
/// </param>
public readonly record struct ReflectorEvent(ReflectorEventKind Kind, JsonObject? Object);

/// <summary>Receives what a reflector sees, one call at a time. Must not block.</summary>
public interface IReflectorHandler
{
    void Handle(ReflectorEvent change);

    /// <summary>The server has accepted a watch: from now on changes are heard of.</summary>
    void Watching()
    {
    }

    /// <summary>The server cannot be reached or refuses; the reflector tries again by itself. For the log.</summary>
    void Failed(Exception error);
}
