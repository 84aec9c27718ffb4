using System.Globalization;
using System.Text;
using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Routing.Overrides;

/// <summary>
/// Request headers by which a client asks for timeouts and retries of its own. They are for this proxy: they go no further, obeyed
/// or not.
/// </summary>
internal static class RequestOverrides
{
    // Clients do not get more than a policy could give.
    private const int MaxRetries = 100;

    private static readonly string[] EnvoyNames =
    [
        "x-envoy-max-retries", "x-envoy-retry-on", "x-envoy-retry-grpc-on", "x-envoy-retriable-status-codes", "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-upstream-rq-per-try-timeout-ms",
    ];

    private static readonly string[] LinkerdNames =
    [
        "l5d-retry-limit", "l5d-retry-http", "l5d-retry-grpc", "l5d-retry-timeout", "l5d-timeout", "l5d-request-timeout", "l5d-response-timeout",
    ];

    /// <summary>Takes them out of a request.</summary>
    public static FieldEdits Strip { get; } = new([.. EnvoyNames, .. LinkerdNames], [], []);

    /// <summary>Whether a request may have one: almost none does, so the look is a short one.</summary>
    public static bool MayBeIn(in FieldsView fields)
    {
        foreach (ref readonly HeaderSlot slot in fields.Slots)
        {
            if (slot.Name.Length < 11) continue;
            ReadOnlySpan<byte> name = fields.NameOf(slot);
            if ((name[0] | 0x20) == 'x' ? Ascii.EqualsIgnoreCase(name[..8], "x-envoy-"u8) : (name[0] | 0x20) == 'l' && Ascii.EqualsIgnoreCase(name[..4], "l5d-"u8)) return true;
        }
        return false;
    }

    /// <summary>The policy with what the request asks for. What cannot be read is as if it were not there. Allocates.</summary>
    public static RoutePolicyModel Apply(RoutePolicyModel policy, in FieldsView fields, OverrideDialects dialects)
    {
        Timeouts timeouts = policy.TimeoutsSource?.Clone() ?? new Timeouts();
        RetryPolicy retries = policy.RetriesSource?.Clone() ?? new RetryPolicy();
        bool changed = false;
        if ((dialects & OverrideDialects.Envoy) != 0) changed |= ApplyEnvoy(fields, timeouts, retries);
        if ((dialects & OverrideDialects.Linkerd) != 0) changed |= ApplyLinkerd(fields, timeouts, retries);
        return changed ? RoutePolicyModel.Compile(timeouts, retries, policy.RateLimitSource).Model ?? policy : policy;
    }

    private static bool ApplyEnvoy(in FieldsView fields, Timeouts timeouts, RetryPolicy retries)
    {
        bool changed = false;
        if (TryNumber(fields, "x-envoy-upstream-rq-timeout-ms"u8, out long timeout))
        {
            timeouts.RequestMs = timeout;
            changed = true;
        }
        if (TryNumber(fields, "x-envoy-upstream-rq-per-try-timeout-ms"u8, out long perTry))
        {
            retries.PerTryTimeoutMs = perTry;
            changed = true;
        }
        bool on = AddConditions(fields, "x-envoy-retry-on"u8, retries) | AddConditions(fields, "x-envoy-retry-grpc-on"u8, retries);
        foreach (string part in Parts(fields, "x-envoy-retriable-status-codes"u8))
        {
            if (uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out uint status)) retries.StatusCodes.Add(status);
        }
        // Envoy's default where only the conditions are named.
        if (on && retries.Limit == 0) retries.Limit = 1;
        if (TryNumber(fields, "x-envoy-max-retries"u8, out long max))
        {
            retries.Limit = (uint)Math.Clamp(Math.Max(max, on ? 0 : retries.Limit), 0, MaxRetries);
            changed = true;
        }
        return changed | on;
    }

    private static bool ApplyLinkerd(in FieldsView fields, Timeouts timeouts, RetryPolicy retries)
    {
        bool changed = false;
        if (TryDuration(fields, "l5d-request-timeout"u8, out long request) || TryDuration(fields, "l5d-timeout"u8, out request))
        {
            timeouts.RequestMs = request;
            changed = true;
        }
        if (TryDuration(fields, "l5d-response-timeout"u8, out long response))
        {
            timeouts.ResponseMs = response;
            changed = true;
        }
        if (TryDuration(fields, "l5d-retry-timeout"u8, out long perTry))
        {
            retries.PerTryTimeoutMs = perTry;
            changed = true;
        }
        bool on = AddStatuses(fields, retries) | AddConditions(fields, "l5d-retry-grpc"u8, retries);
        if (on && retries.Limit == 0) retries.Limit = 1;
        if (TryNumber(fields, "l5d-retry-limit"u8, out long limit))
        {
            retries.Limit = (uint)Math.Min(limit, MaxRetries);
            changed = true;
        }
        return changed | on;
    }

    private static bool AddConditions(in FieldsView fields, ReadOnlySpan<byte> name, RetryPolicy retries)
    {
        bool any = false;
        foreach (string part in Parts(fields, name))
        {
            if (!TrafficNames.RetryConditions.TryFind(part, out RetryCondition condition)) continue;
            if (!retries.On.Contains(condition)) retries.On.Add(condition);
            any = true;
        }
        // Whoever names conditions says that the request may be repeated.
        if (any) retries.AnyMethod = true;
        return any;
    }

    /// <summary>Linkerd's form: 5xx, gateway-error, single statuses and ranges.</summary>
    private static bool AddStatuses(in FieldsView fields, RetryPolicy retries)
    {
        bool any = AddConditions(fields, "l5d-retry-http"u8, retries);
        foreach (string part in Parts(fields, "l5d-retry-http"u8))
        {
            string[] ends = part.Split('-', 2);
            if (!uint.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint first)) continue;
            uint last = first;
            if (ends.Length == 2 && !uint.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out last)) continue;
            for (uint status = Math.Max(first, 100); status <= Math.Min(last, 599); status++) retries.StatusCodes.Add(status);
            if (!retries.On.Contains(RetryCondition.RetryRetriableStatusCodes)) retries.On.Add(RetryCondition.RetryRetriableStatusCodes);
            retries.AnyMethod = true;
            any = true;
        }
        return any;
    }

    private static string[] Parts(in FieldsView fields, ReadOnlySpan<byte> name) => fields.TryFind(name, out ReadOnlySpan<byte> value) && value.Length <= 256
        ? Encoding.Latin1.GetString(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];

    private static bool TryNumber(in FieldsView fields, ReadOnlySpan<byte> name, out long number)
    {
        number = 0;
        return fields.TryFind(name, out ReadOnlySpan<byte> value) && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A whole number with ms, s, m, h or d; "0" alone too.</summary>
    private static bool TryDuration(in FieldsView fields, ReadOnlySpan<byte> name, out long ms)
    {
        ms = 0;
        if (!fields.TryFind(name, out ReadOnlySpan<byte> value)) return false;
        int digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) return value.SequenceEqual("0"u8);
        if (!long.TryParse(value[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > 1_000_000_000) return false;
        ReadOnlySpan<byte> unit = value[digits..];
        long factor = unit.SequenceEqual("ms"u8) ? 1 : unit.SequenceEqual("s"u8) ? 1_000 : unit.SequenceEqual("m"u8) ? 60_000
            : unit.SequenceEqual("h"u8) ? 3_600_000 : unit.SequenceEqual("d"u8) ? 86_400_000 : 0;
        ms = number * factor;
        return factor > 0;
    }
}
