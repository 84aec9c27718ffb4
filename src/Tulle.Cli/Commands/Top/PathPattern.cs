namespace Tulle.Cli.Commands.Top;

/// <summary>A path without the ids in it, so that requests for many things of one kind are one row: <c>/users/*/orders</c>.</summary>
internal static class PathPattern
{
    public const string Id = "*";

    /// <summary>Hexadecimal digits from which a word is no word any more.</summary>
    private const int HexDigits = 16;

    /// <summary>Of a ULID, in Crockford's base 32.</summary>
    private const int UlidLength = 26;

    public static string Of(string path) => string.Join('/', path.Split('/').Select(segment => IsId(segment) ? Id : segment));

    /// <summary>A number, a UUID, a digest or a ULID; a word with a digit in it, such as <c>v2</c>, is none.</summary>
    private static bool IsId(string segment) =>
        segment.Length > 0
        && (segment.All(char.IsAsciiDigit)
            || Guid.TryParseExact(segment, "D", out _)
            || (segment.Any(char.IsAsciiDigit)
                && ((segment.Length >= HexDigits && segment.All(char.IsAsciiHexDigit))
                    || (segment.Length == UlidLength && segment.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c))))));
}
