using System.Globalization;
using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of what a VirtualService's HTTP rule sets beside its route (istio.md §1.4, §1.5, §5.1).</summary>
internal static class HttpSettingRules
{
    // istio.md §1.4.
    private static readonly string[] s_retryConditions =
    [
        "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes",
        "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable",
    ];

    private static readonly Dictionary<string, string> s_withoutEffect = new()
    {
        ["http3-post-connect-failure"] = "Tulle does not speak HTTP/3",
        ["retriable-headers"] = "a VirtualService cannot say which headers",
    };

    private static readonly string[] s_corsMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE", "*"];

    private static readonly TimeSpan s_longestDelay = TimeSpan.FromHours(1);

    public static void CheckRetries(Cursor retries)
    {
        if (retries["attempts"].Integer == 0)
        {
            foreach (string field in retries.Given("perTryTimeout", "retryOn", "backoff"))
                retries[field].Error("attempts is 0, which switches retries off", "remove it, or write at least 1 attempt");
        }
        else if (retries.Exists && retries["attempts"].Integer is null && retries.Given("perTryTimeout", "retryOn", "backoff").Count > 0)
        {
            retries["attempts"].Missing("it does not say how often to try again", "add attempts");
        }
        ValueRules.CheckDuration(retries["backoff"]);
        if (retries["retryOn"] is not { Text: { Length: > 0 } text } retryOn)
            return;
        bool anyStatus = false;
        foreach (string condition in text.Split(',', StringSplitOptions.TrimEntries))
        {
            bool status = int.TryParse(condition, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= 100 and <= 599;
            anyStatus |= status;
            if (!status && !s_retryConditions.Contains(condition))
            {
                string hint = NearMiss.Hint(condition, s_retryConditions);
                retryOn.Error($"\"{condition}\" is not a condition for retries", hint.Length > 0 ? hint : $"write a status code or some of {string.Join(", ", s_retryConditions)}");
            }
            if (s_withoutEffect.TryGetValue(condition, out string? reason))
                retryOn.NotApplied($"accepted, but {condition} has no effect: {reason}");
        }
        if (!anyStatus && text.Split(',', StringSplitOptions.TrimEntries).Contains("retriable-status-codes"))
            retryOn.Warn("retriable-status-codes means nothing without status codes", "add the codes, such as 503");
    }

    public static void CheckFault(Cursor fault)
    {
        if (!fault.Exists)
            return;
        if (fault.Given("delay", "abort").Count == 0)
            fault.Missing("the fault does nothing", "add delay or abort");
        Cursor delay = fault["delay"];
        if (delay["exponentialDelay"].Exists)
            delay["exponentialDelay"].Error("was never implemented", "write fixedDelay");
        else if (delay.Exists && !delay["fixedDelay"].Exists)
            delay.Missing("the delay has no length", "add fixedDelay");
        ValueRules.CheckDuration(delay["fixedDelay"]);
        if (ValueRules.Time(delay["fixedDelay"]) > s_longestDelay)
            delay["fixedDelay"].Error($"{delay["fixedDelay"].Text} is longer than an hour", "write at most 1h");
        Cursor abort = fault["abort"];
        if (abort["http2Error"].Exists)
            abort["http2Error"].Error("was never implemented", "write httpStatus or grpcStatus");
        else if (abort.Exists && abort.Given("httpStatus", "grpcStatus").Count == 0)
            abort.Missing("the abort has no status", "add httpStatus or grpcStatus");
        abort.AtMostOne("httpStatus", "grpcStatus");
        if (abort["grpcStatus"].Text is { } grpc && GrpcStatusNames.Parse(grpc) is null)
        {
            string hint = NearMiss.Hint(grpc, GrpcStatusNames.All);
            abort["grpcStatus"].Error($"\"{grpc}\" is not a gRPC status", hint.Length > 0 ? hint : $"write one of {string.Join(", ", GrpcStatusNames.All)}", "FieldValueNotSupported");
        }
        foreach (string part in fault.Given("delay", "abort"))
        {
            fault[part].AtMostOne("percentage", "percent");
            if (fault[part].Given("percentage", "percent").Count == 0)
                fault[part].Warn("without a percentage no request is affected", "add percentage.value");
        }
    }

    public static void CheckCors(Cursor cors)
    {
        foreach (Cursor origin in cors["allowOrigins"].Items)
            CommonRules.CheckStringMatch(origin, presence: false);
        if (cors.Exists && cors["allowOrigins"].Count + cors["allowOrigin"].Count == 0)
            cors.Warn("no origin is allowed, so the policy answers no preflight", "add allowOrigins");
        if (cors["allowOrigins"].Count > 0 && cors["allowOrigin"].Count > 0)
            cors["allowOrigin"].Warn("is not looked at beside allowOrigins", "move its origins there");
        foreach (Cursor header in cors["allowHeaders"].Items.Concat(cors["exposeHeaders"].Items))
        {
            if (header.Text is { } text && text != "*" && !CommonRules.IsToken(text))
                header.Error($"\"{text}\" is not the name of a header", "write the name alone, such as x-version");
        }
        foreach (Cursor method in cors["allowMethods"].Items)
        {
            if (method.Text is { } text && !s_corsMethods.Contains(text))
                method.Error($"\"{text}\" is not a method", $"write one of {string.Join(", ", s_corsMethods)}", "FieldValueNotSupported");
        }
        if (cors["maxAge"].Text is { } age && Durations.TryParse(age, out TimeSpan duration) && duration.Ticks % TimeSpan.TicksPerSecond != 0)
            cors["maxAge"].Error($"{age} is no whole number of seconds", "write whole seconds, such as 24h or 600s");
    }

    public static void CheckHeaders(Cursor headers)
    {
        foreach (string direction in headers.Given("request", "response"))
        {
            foreach (string change in headers[direction].Given("set", "add"))
            {
                foreach ((string name, Cursor value) in headers[direction][change].Entries)
                    ValueRules.CheckHeader(name, value, host: direction == "request" && change == "set");
            }
            foreach (Cursor name in headers[direction]["remove"].Items)
                ValueRules.CheckHeader(name.Text ?? "", name, host: false);
        }
    }
}
