using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Identity;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Telemetry;

/// <summary>What the reports of health are made of. Every function may be called from any thread.</summary>
/// <param name="Destinations">Models in use.</param>
/// <param name="Shared">Backends that something watches or limits.</param>
/// <param name="Endpoints">The endpoints of each loop.</param>
/// <param name="Identity">The certificate in force.</param>
internal sealed record HealthSources(
    Func<IReadOnlyList<DestinationModel>> Destinations, Func<IReadOnlyList<SharedBackendState>> Shared, Func<IReadOnlyList<EndpointTable>> Endpoints,
    Func<IdentityState> Identity);

/// <summary>
/// Tells the control plane what this proxy believes of its servers: everything first, then what changed, and counters that
/// only moved when traffic is next due after ten seconds. What was collected counts as told after <see cref="Commit"/>. Not thread-safe; the insight task's own.
/// </summary>
internal sealed class HealthReporter(HealthSources sources, TimeProvider time)
{
    /// <summary>Most backends that are reported. A workload calls a handful of services.</summary>
    public const int MaxBackends = 256;

    /// <summary>Most endpoints that are reported, of all backends together: 200 KB at the first report.</summary>
    public const int MaxEndpoints = 2_000;

    /// <summary>How old counters may become on the other side.</summary>
    private static readonly TimeSpan CountsPeriod = TimeSpan.FromSeconds(10);

    /// <summary>What a timer may be early, so that the tenth second is not taken for the ninth.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Told> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Told> _pending = new(StringComparer.Ordinal);
    private readonly List<string> _removed = [];
    private IdentityState? _identity;
    private IdentityState? _pendingIdentity;
    private long _lastCounts;
    private uint _leftOut;
    private uint _pendingLeftOut;

    /// <summary>What changed since the last commit; null when nothing did.</summary>
    /// <param name="counters">Whether it is a good moment for counters that only moved.</param>
    public HealthReport? Collect(bool counters = true)
    {
        _pending.Clear();
        _removed.Clear();
        IReadOnlyList<DestinationModel> destinations = sources.Destinations();
        // An idle proxy makes no garbage over it.
        if (destinations.Count == 0 && _told.Count == 0 && _leftOut == 0 && ReferenceEquals(sources.Identity(), _identity ?? IdentityState.None)) return null;
        var report = new HealthReport();
        LoopClock clock = LoopClock.Read(time);
        bool counts = counters && time.GetElapsedTime(_lastCounts) >= CountsPeriod - Early;
        if (counts) _lastCounts = time.GetTimestamp();
        Dictionary<string, SharedBackendState> shared = sources.Shared().ToDictionary(state => state.Name, StringComparer.Ordinal);
        IReadOnlyList<EndpointTable> loops = sources.Endpoints();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int room = MaxEndpoints;
        _pendingLeftOut = 0;
        foreach (BackendModel backend in destinations.SelectMany(destination => destination.Backends))
        {
            if (seen.Count >= MaxBackends || !seen.Add(backend.Name))
            {
                if (!seen.Contains(backend.Name)) _pendingLeftOut += (uint)backend.Endpoints.Length;
                continue;
            }
            int fits = Math.Min(room, backend.Endpoints.Length);
            room -= fits;
            _pendingLeftOut += (uint)(backend.Endpoints.Length - fits);
            Add(report, backend, new BackendReading(backend, shared.GetValueOrDefault(backend.Name), loops), clock, counts, fits);
        }
        _removed.AddRange(_told.Keys.Where(name => !seen.Contains(name)));
        report.Removed.AddRange(_removed);
        report.LeftOut = _pendingLeftOut;
        AddIdentity(report);
        bool any = report.Backends.Count > 0 || report.Removed.Count > 0 || report.Certificate is not null || _leftOut != _pendingLeftOut;
        return any ? report : null;
    }

    /// <summary>The last collected report is on its way.</summary>
    public void Commit()
    {
        foreach ((string name, Told told) in _pending) _told[name] = told;
        foreach (string name in _removed) _told.Remove(name);
        _identity = _pendingIdentity;
        _leftOut = _pendingLeftOut;
    }

    /// <summary>A new stream begins: the other side knows nothing.</summary>
    public void BeginStream()
    {
        _told.Clear();
        _identity = null;
        _leftOut = 0;
    }

    private void Add(HealthReport report, BackendModel backend, in BackendReading reading, in LoopClock clock, bool counts, int endpoints)
    {
        HealthMark mark = reading.Mark();
        bool known = _told.TryGetValue(backend.Name, out Told told);
        if (known && told.Mark == mark && !counts) return;
        var now = new Told(mark, reading.Counts());
        if (known && told == now) return;
        _pending[backend.Name] = now;
        report.Backends.Add(reading.Message(clock, endpoints));
    }

    private void AddIdentity(HealthReport report)
    {
        _pendingIdentity = sources.Identity();
        if (ReferenceEquals(_pendingIdentity, _identity ?? IdentityState.None)) return;
        IdentityState identity = _pendingIdentity;
        report.Certificate = new ProxyCertificate { SpiffeId = identity.SpiffeId, LastError = identity.LastError };
        if (!identity.HasCertificate) return;
        report.Certificate.NotAfterUnix = identity.NotAfter.ToUnixTimeSeconds();
        report.Certificate.ObtainedUnix = identity.RefreshedAt.ToUnixTimeSeconds();
    }

    private readonly record struct Told(HealthMark Mark, (long, long, long) Counts);
}
