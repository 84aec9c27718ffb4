using System.Text.Json;
using Tulle.Local.Hosting;

namespace Tulle.Local.Adoption;

/// <summary>The state of a mesh, in memory and in <c>state.json</c>. Thread-safe; every change is on disk when the call returns.</summary>
internal sealed class StateFile
{
    private readonly string _path;
    private readonly Lock _gate = new();
    private MeshState _state;

    private StateFile(string path, MeshState state)
    {
        _path = path;
        _state = state;
    }

    public MeshState Current
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Reads the file; a missing or unreadable one is an empty state.</summary>
    public static StateFile Open(string path) => new(path, Read(path) ?? new MeshState());

    /// <summary>What a state file holds now; null when there is none.</summary>
    public static MeshState? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.MeshState);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public void Update(Func<MeshState, MeshState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
            PrivateFiles.Write(_path, JsonSerializer.SerializeToUtf8Bytes(_state, StateJson.Default.MeshState));
        }
    }

    public void UpdateReplica(string pod, Func<ReplicaState, ReplicaState> change) => Update(state =>
    {
        var replicas = new Dictionary<string, ReplicaState>(state.Replicas);
        replicas[pod] = change(replicas.GetValueOrDefault(pod) ?? new ReplicaState());
        return state with { Replicas = replicas };
    });

    public void RemoveReplica(string pod) => Update(state =>
    {
        var replicas = new Dictionary<string, ReplicaState>(state.Replicas);
        replicas.Remove(pod);
        return state with { Replicas = replicas };
    });
}
