using Tulle.Proxy.Balancing;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Health;

/// <summary>
/// The active checks of one backend on one event loop. Of the loops that use a backend only one checks it, and tells the others
/// through the endpoints' shared health. Loop thread only, but for what says otherwise.
/// </summary>
internal sealed class BackendChecks(Worker worker, SharedBackendState shared)
{
    private readonly Dictionary<EndpointState, EndpointChecker> _checkers = [];
    private BackendModel? _backend;
    private Candidate[] _candidates = [];
    private Func<Candidate, EndpointPool>? _poolOf;

    /// <summary>Takes a new version of the backend. Endpoints that stay go on being checked.</summary>
    public void Update(BackendModel backend, ReadOnlySpan<Candidate> candidates, Func<Candidate, EndpointPool> poolOf)
    {
        _backend = backend;
        _candidates = candidates.ToArray();
        _poolOf = poolOf;
        if (backend.HealthCheck is not null && shared.TryOwnChecks(this)) Check(backend.HealthCheck);
        else StopAll();
    }

    /// <summary>The backend is used here no more: another loop that uses it checks it from now on.</summary>
    public void Release()
    {
        _backend = null;
        StopAll();
        shared.ReleaseChecks(this);
    }

    /// <summary>The loop that checked the backend uses it no more. Any thread.</summary>
    internal void PostTakeOver() => worker.Loop.Post(
        static state =>
        {
            var self = (BackendChecks)state!;
            if (self._backend?.HealthCheck is { } model && self.IsOwner) self.Check(model);
        },
        this);

    private bool IsOwner => shared.TryOwnChecks(this);

    private void Check(HealthCheckModel model)
    {
        bool http2 = _backend!.Protocol == Protocol.Protocol.Http2;
        var gone = new HashSet<EndpointState>(_checkers.Keys);
        foreach (Candidate candidate in _candidates)
        {
            gone.Remove(candidate.State);
            if (_checkers.TryGetValue(candidate.State, out EndpointChecker? known))
            {
                known.Model = model;
                known.IsHttp2 = http2;
                continue;
            }
            var checker = new EndpointChecker(worker, _poolOf!(candidate), candidate.Health!) { Model = model, IsHttp2 = http2 };
            _checkers.Add(candidate.State, checker);
            checker.Start();
        }
        foreach (EndpointState state in gone)
        {
            _checkers.Remove(state, out EndpointChecker? checker);
            checker!.Stop();
        }
    }

    private void StopAll()
    {
        foreach (EndpointChecker checker in _checkers.Values) checker.Stop();
        _checkers.Clear();
    }
}
