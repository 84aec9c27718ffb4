using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>
/// Rules of annotations that shape traffic (linkerd.md §2). They only warn: Kubernetes admits every annotation, and a value
/// that cannot be read is ignored.
/// </summary>
internal static class AnnotationRules
{
    private const string OpaquePorts = "config.linkerd.io/opaque-ports";
    private const string AccessLog = "config.linkerd.io/access-log";

    private static readonly string[] s_families = ["retry.linkerd.io/", "timeout.linkerd.io/", "balancer.linkerd.io/", "balancer.alpha.linkerd.io/", "tulle.dev/health-check", "tulle.dev/rate-", "tulle.dev/stream-"];

    private static readonly Dictionary<string, Action<Cursor, string>> s_service = new()
    {
        [AnnotatedRetries.HttpAnnotation] = CheckStatuses,
        [AnnotatedRetries.GrpcAnnotation] = (value, text) => CheckWords(value, text, AnnotatedRetries.GrpcNames),
        [AnnotatedRetries.LimitAnnotation] = CheckCount,
        [AnnotatedRetries.TimeoutAnnotation] = CheckTime,
        [AnnotatedTimeouts.RequestAnnotation] = CheckTime,
        [AnnotatedTimeouts.ResponseAnnotation] = CheckTime,
        [AnnotatedTimeouts.IdleAnnotation] = CheckTime,
        [AnnotatedAccrual.ModeAnnotation] = (value, text) => CheckWords(value, text, ["consecutive", "unified"]),
        [AnnotatedAccrual.MaxFailuresAnnotation] = CheckCount,
        [AnnotatedAccrual.MinPenaltyAnnotation] = CheckTime,
        [AnnotatedAccrual.MaxPenaltyAnnotation] = CheckTime,
        [AnnotatedAccrual.JitterAnnotation] = CheckNumber,
        [AnnotatedAccrual.SuccessRateAnnotation] = CheckNumber,
        [AnnotatedAccrual.WindowAnnotation] = CheckTime,
        [AnnotatedAccrual.MinRequestsAnnotation] = CheckCount,
        [AnnotatedHealthCheck.PathAnnotation] = CheckHealthPath,
        [AnnotatedHealthCheck.IntervalAnnotation] = CheckTime,
        [AnnotatedHealthCheck.TimeoutAnnotation] = CheckTime,
        [AnnotatedHealthCheck.UnhealthyAnnotation] = CheckCount,
        [AnnotatedHealthCheck.HealthyAnnotation] = CheckCount,
        [AnnotatedLimits.RateAnnotation] = CheckNumber,
        [AnnotatedLimits.BurstAnnotation] = CheckCount,
        [AnnotatedLimits.StreamTimeoutAnnotation] = CheckTime,
    };

    public static void CheckService(Cursor root)
    {
        Cursor annotations = root["metadata"]["annotations"];
        foreach ((string key, Cursor value) in annotations.Entries)
        {
            if (s_service.TryGetValue(key, out Action<Cursor, string>? check))
                check(value, value.Text ?? "");
            else if (s_families.Any(family => key.StartsWith(family, StringComparison.Ordinal)))
                CheckUnknown(key, value);
        }
        CheckOpaquePorts(annotations);
        CheckOrphans(annotations, AnnotatedHealthCheck.PathAnnotation, "tulle.dev/health-check-", "there is no health check without a path");
        CheckOrphans(annotations, AnnotatedLimits.RateAnnotation, AnnotatedLimits.BurstAnnotation, "there is no rate beside it");
        CheckOrphans(annotations, AnnotatedAccrual.ModeAnnotation, AnnotatedAccrual.ModeAnnotation + "-", "there is no failure accrual without its mode");
    }

    /// <summary>Pods and namespaces, whose annotations hold for the pods in them.</summary>
    public static void CheckWorkload(Cursor root)
    {
        Cursor annotations = root["metadata"]["annotations"];
        CheckOpaquePorts(annotations);
        foreach (Cursor value in Values(annotations, AccessLog))
            CheckWords(value, value.Text ?? "", ["apache", "json"]);
    }

    private static void CheckUnknown(string key, Cursor value)
    {
        string hint = NearMiss.Hint(key, s_service.Keys);
        if (hint.Length > 0)
            value.Warn($"there is no annotation {key}", hint, "FieldValueUnknown");
        else
            value.NotApplied("accepted, but without effect yet in this version of Tulle");
    }

    private static void CheckOrphans(Cursor annotations, string head, string prefix, string message)
    {
        if (annotations[head].Exists)
            return;
        foreach ((string key, Cursor value) in annotations.Entries)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && s_service.ContainsKey(key))
                value.Warn($"{message}, so it has no effect", $"add the annotation {head}");
        }
    }

    private static void CheckOpaquePorts(Cursor annotations)
    {
        foreach ((Cursor value, string word) in Values(annotations, OpaquePorts).SelectMany(value => AnnotationValues.List(value.Text), (value, word) => (value, word)))
        {
            if (PortRange.Parse(word) is null)
                value.Warn($"\"{word}\" is neither a port nor a range of ports and is ignored", "write numbers and ranges joined by commas, such as 3306,4567-4570");
        }
    }

    private static IEnumerable<Cursor> Values(Cursor annotations, string key) =>
        annotations.Entries.Where(entry => entry.Key == key).Select(entry => entry.Value);

    private static void CheckTime(Cursor value, string text)
    {
        if (AnnotationValues.Duration(text) is null)
            value.Warn($"\"{text}\" is not a time and is ignored", "write a whole number with one unit of ms, s, m, h or d, such as 300ms");
    }

    private static void CheckCount(Cursor value, string text)
    {
        if (AnnotationValues.Count(text) is null)
            value.Warn($"\"{text}\" is not a number and is ignored", "write a whole number");
    }

    private static void CheckNumber(Cursor value, string text)
    {
        if (AnnotationValues.Number(text) is null)
            value.Warn($"\"{text}\" is not a number and is ignored", "write a number such as 0.5");
    }

    private static void CheckStatuses(Cursor value, string text)
    {
        foreach (string word in AnnotationValues.List(text))
        {
            if (word is not ("5xx" or "gateway-error") && !AnnotationValues.Statuses(word).Any())
                value.Warn($"\"{word}\" is not a condition for retries and is ignored", "write 5xx, gateway-error, a status such as 503 or a range such as 500-504");
        }
    }

    private static void CheckWords(Cursor value, string text, IReadOnlyList<string> known)
    {
        foreach (string word in AnnotationValues.List(text))
        {
            if (!known.Contains(word))
                value.Warn($"\"{word}\" is not one of its values and is ignored", $"write {string.Join(", ", known)}");
        }
    }

    private static void CheckHealthPath(Cursor value, string text)
    {
        if (text.Length > 0 && text[0] != '/')
            value.Warn($"\"{text}\" does not start with a slash, so /{text} is checked", "start it with '/'; an empty value checks by a TCP connection");
    }
}
