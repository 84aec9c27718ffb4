using System.Globalization;

namespace Tulle.Model.Resources;

/// <summary>Names of gRPC's status codes (gRPC: Status codes and their use in gRPC).</summary>
public static class GrpcStatusNames
{
    /// <summary>By code.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>The code of a name or a number, in whatever case; null when it is none.</summary>
    public static int? Parse(string? text)
    {
        if (text is null)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number < All.Count ? number : null;
        for (int code = 0; code < All.Count; code++)
        {
            if (All[code].Equals(text, StringComparison.OrdinalIgnoreCase))
                return code;
        }
        return null;
    }
}
