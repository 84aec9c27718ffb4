using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>Takes applications' spans in, as far as they are valid and of a bearable size and number. Thread-safe.</summary>
internal sealed class OtlpSpans(TraceIntake intake, IWorkloads workloads, TimeProvider clock)
{
    /// <summary>Longest span, in bytes.</summary>
    public const int MaxSpanBytes = 64 * 1024;

    /// <summary>Most spans a second, with a burst of as many: applications on one machine, each tracing everything.</summary>
    public const double MaxPerSecond = 5_000;

    private static readonly TimeSpan MaxSkew = TimeSpan.FromHours(1), MaxAge = TimeSpan.FromDays(7);

    private readonly Lock _gate = new();
    private double _tokens = MaxPerSecond;
    private long _last = clock.GetTimestamp();
    private long _rejected;

    /// <summary>Spans that were not taken.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>What to answer, after taking what can be taken.</summary>
    public ExportTraceServiceResponse Take(ExportTraceServiceRequest request)
    {
        long invalid = 0, tooMany = 0;
        foreach (ResourceSpans group in request.ResourceSpans)
        {
            ApplicationIdentity identity = ApplicationIdentity.Of(group.Resource, workloads);
            foreach (ScopeSpans scope in group.ScopeSpans)
            {
                foreach (Span span in scope.Spans)
                {
                    if (identity.Span(span, group.Resource, scope.Scope) is not { } known || !IsBearable(known)) invalid++;
                    else if (!TryTake()) tooMany++;
                    else intake.Add(known);
                }
            }
        }
        var response = new ExportTraceServiceResponse();
        if (invalid + tooMany == 0) return response;
        Interlocked.Add(ref _rejected, invalid + tooMany);
        response.PartialSuccess = new ExportTracePartialSuccess
        {
            RejectedSpans = invalid + tooMany,
            ErrorMessage = $"{invalid} spans have no valid ids, more than {MaxSpanBytes} bytes, or a time of long ago or to come; {tooMany} are beyond {MaxPerSecond} a second",
        };
        return response;
    }

    // What lies in the future would never be the oldest and give way.
    private bool IsBearable(TraceSpan span)
    {
        var start = TimeSpan.FromMicroseconds(span.StartMicros);
        TimeSpan now = clock.GetUtcNow() - DateTimeOffset.UnixEpoch;
        return span.Span.CalculateSize() <= MaxSpanBytes && start <= now + MaxSkew && start >= now - MaxAge;
    }

    private bool TryTake()
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            _tokens = Math.Min(MaxPerSecond, _tokens + clock.GetElapsedTime(_last, now).TotalSeconds * MaxPerSecond);
            _last = now;
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }
}
