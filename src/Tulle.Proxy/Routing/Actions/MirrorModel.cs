using Tulle.Protocol;
using Tulle.Proxy.Balancing;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>A backend that gets a copy of requests; its answers are thrown away. Immutable; any thread.</summary>
internal sealed class MirrorModel(int backend, uint ppm)
{
    /// <summary>Index in <see cref="DestinationModel.Backends"/>.</summary>
    public int Backend { get; } = backend;

    /// <summary>Whether this request is mirrored.</summary>
    public bool Takes(IRandomSource random) => FaultModel.Hits(ppm, random);

    /// <summary>Compiles a mirror against the backends of its destination; an error says what is wrong with it.</summary>
    public static (MirrorModel? Model, string? Error) Compile(Mirror mirror, IReadOnlyDictionary<string, int> backends)
    {
        if (!backends.TryGetValue(mirror.Backend, out int index)) return (null, $"mirror: backend \"{mirror.Backend}\" is not among the destination's backends");
        return mirror.Ppm > FaultModel.Million
            ? (null, "mirror: a share is above 1000000 parts per million")
            : (new MirrorModel(index, mirror.Ppm), null);
    }
}
