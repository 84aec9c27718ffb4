using System.Collections.Concurrent;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// The endpoints in use on one event loop, by address and identity: one that survives an update, or that several backends
/// share, keeps its state. Another identity at the same address is another endpoint, because connections to it prove the
/// wrong one. Loop thread only.
/// </summary>
internal sealed class EndpointTable
{
    // Concurrent only because the telemetry thread looks endpoints up; the loop is the one writer.
    private readonly ConcurrentDictionary<(string Key, string Identity, string Group), EndpointState> _states = new(concurrencyLevel: 1, capacity: 31);

    /// <summary>Endpoints in use.</summary>
    public int Count => _states.Count;

    /// <summary>Every endpoint in use, for diagnostics.</summary>
    public IEnumerable<EndpointState> All => _states.Select(pair => pair.Value);

    /// <summary>The tries at an endpoint that backends of a group share; null when it is not in use. Any thread.</summary>
    public EndpointCounters? CountersOf(EndpointModel model, string group) => _states.GetValueOrDefault((model.Key, model.Identity, group))?.Counters;

    /// <summary>The state of an endpoint, made when new. Pair with <see cref="Release"/>.</summary>
    /// <param name="group">
    /// Backends of the same group share the endpoint and its connections. Those that limit connections have a group of their
    /// own, the backend's name: another backend's connections are none of their count.
    /// </param>
    public EndpointState Acquire(EndpointModel model, long now, string group = "")
    {
        (string, string, string) key = (model.Key, model.Identity, group);
        if (!_states.TryGetValue(key, out EndpointState? state))
        {
            state = new EndpointState(model, now) { Group = group };
            _states[key] = state;
        }
        state.Model = model;
        state.References++;
        return state;
    }

    /// <summary>Gives an endpoint up; the last one to do so retires it.</summary>
    public void Release(EndpointState state)
    {
        if (--state.References > 0) return;
        _states.TryRemove((state.Model.Key, state.Model.Identity, state.Group), out _);
        state.IsRemoved = true;
        state.Attachment?.Retire();
    }
}
