using System.Globalization;

namespace Tulle.Model.Resources;

/// <summary>Ports from one to another, inclusive.</summary>
public sealed record PortRange(int First, int Last)
{
    /// <summary>Reads <c>3306</c> or <c>4567-4570</c>; null when it is neither.</summary>
    public static PortRange? Parse(string text)
    {
        int dash = text.IndexOf('-');
        return Number(dash < 0 ? text : text[..dash]) is { } first && Number(dash < 0 ? text : text[(dash + 1)..]) is { } last && first <= last
            ? new PortRange(first, last)
            : null;
    }

    public bool Contains(int port) => port >= First && port <= Last;

    private static int? Number(string text) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535 ? port : null;
}
