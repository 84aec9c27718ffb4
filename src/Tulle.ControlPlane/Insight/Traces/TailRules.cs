namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>
/// Which traces are kept, once it is known how their requests ended. Recorded ones and those of applications are; of the others, whose
/// proxies report only what failed or was slow, a few of each service and reason: enough to see every kind of failure, not to be
/// flooded by one. What is decided for a trace holds for its later spans. Thread-safe.
/// </summary>
internal sealed class TailRules(TimeProvider clock)
{
    /// <summary>Traces kept at once of one service and reason, and how many a second after that.</summary>
    public const double Burst = 10, PerSecond = 1;

    /// <summary>Traces whose decision is remembered; twice as many at most.</summary>
    private const int MaxDecisions = 20_000;

    /// <summary>How long a decision is remembered at least: longer than the spans of one trace are on their way.</summary>
    private static readonly TimeSpan DecisionAge = TimeSpan.FromSeconds(60);

    /// <summary>Services and reasons with a rate of their own; further ones share one.</summary>
    private const int MaxRates = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Namespace, string Service, KeptFor Reason), Rate> _rates = [];
    private Dictionary<UInt128, bool> _young = [];
    private Dictionary<UInt128, bool> _old = [];
    private long _turned = clock.GetTimestamp();

    /// <summary>Whether a span is kept.</summary>
    public bool Keeps(TraceSpan span)
    {
        if (span.KeptFor is KeptFor.Sampled or KeptFor.Application) return true;
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (_young.Count >= MaxDecisions || clock.GetElapsedTime(_turned, now) > DecisionAge)
            {
                (_old, _young) = (_young, []);
                _turned = now;
            }
            if (_young.TryGetValue(span.TraceId, out bool kept)) return kept;
            if (!_old.TryGetValue(span.TraceId, out kept)) kept = RateOf(span, now).TryTake(clock, now);
            return _young[span.TraceId] = kept;
        }
    }

    private Rate RateOf(TraceSpan span, long now)
    {
        (string, string, KeptFor) key = (span.Namespace, span.Service, span.KeptFor);
        if (_rates.TryGetValue(key, out Rate? rate)) return rate;
        if (_rates.Count >= MaxRates)
        {
            key = ("", "", span.KeptFor);
            if (_rates.TryGetValue(key, out rate)) return rate;
        }
        return _rates[key] = new Rate(now);
    }

    private sealed class Rate(long now)
    {
        private double _tokens = Burst;
        private long _last = now;

        public bool TryTake(TimeProvider clock, long at)
        {
            _tokens = Math.Min(Burst, _tokens + clock.GetElapsedTime(_last, at).TotalSeconds * PerSecond);
            _last = at;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }
}
