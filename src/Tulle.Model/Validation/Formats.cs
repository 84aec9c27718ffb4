using System.Globalization;
using System.Text.RegularExpressions;

namespace Tulle.Model.Validation;

/// <summary>Formats of strings that a schema may ask for.</summary>
internal static partial class Formats
{
    /// <summary>What is wrong with a value of a format, and what one looks like; null when nothing is, or the format is not one that is checked.</summary>
    public static (string Message, string Remedy)? Fault(string format, string value) => format switch
    {
        "duration" when !IsProtoDuration(value) => ($"\"{value}\" is not a duration of at least one millisecond", "write it like 5s, 300ms or 1m30s"),
        "go-duration" when !Durations.TryParse(value, out _) => ($"\"{value}\" is not a duration", "write it like 5s, 300ms or 1m30s"),
        "gateway-duration" when !GatewayDuration().IsMatch(value) => ($"\"{value}\" is not a duration", "write up to four whole numbers with h, m, s or ms, like 10s or 1m30s"),
        "date-time" when !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out _) => ($"\"{value}\" is not a point in time", "write it like 2026-11-22T10:00:00Z"),
        "byte" when !IsBase64(value) => ("the value is not base64", "encode it, for example with 'base64 -w0'"),
        "quantity" when !Quantity().IsMatch(value) => ($"\"{value}\" is not a quantity", "write a number, with a suffix such as m, k, Ki, M or Mi if need be"),
        "ip" when !Addresses.IsAddress(value) => ($"\"{value}\" is not an IP address", "write it like 10.0.0.7 or fd00::7"),
        "cidr" when !Addresses.IsAddressOrRange(value) => ($"\"{value}\" is not an IP range", "write it like 10.0.0.0/8"),
        _ => null,
    };

    // istio.md §5.1: at least 1 ms and whole milliseconds; 0s switches some things off and is admitted.
    private static bool IsProtoDuration(string value) =>
        Durations.TryParse(value, out TimeSpan duration) && duration.Ticks % TimeSpan.TicksPerMillisecond == 0;

    private static bool IsBase64(string value) => Convert.TryFromBase64String(value, new byte[((value.Length / 4) + 1) * 3], out _);

    // GEP-2257.
    [GeneratedRegex(@"^([0-9]{1,5}(h|m|s|ms)){1,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex GatewayDuration();

    // k8s.io/apimachinery resource.Quantity: number and decimal or binary SI suffix, or exponent.
    [GeneratedRegex(@"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Quantity();
}
