using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>Which requests a person wants to watch.</summary>
/// <param name="Target">Whose proxies report.</param>
/// <param name="Method">Empty for any.</param>
/// <param name="Path">Prefix of the path; empty for any.</param>
/// <param name="Authority">Empty for any.</param>
/// <param name="MaxRps">Requests per second over all proxies.</param>
/// <param name="To">Only requests that the target sends to this; null for requests that the target receives.</param>
/// <param name="From">Only requests that the target receives from this; null for any sender.</param>
internal sealed record TapQuery(
    Selection Target, string Method, string Path, string Authority, double MaxRps, Selection? To, Selection? From)
{
    /// <summary>Which requests of the target; unspecified: those that it receives, or with <see cref="To"/> those that it sends.</summary>
    public Direction Direction { get; init; }

    /// <summary>Both directions, where <see cref="Direction"/> says nothing.</summary>
    public bool BothDirections { get; init; }

    /// <summary>First and last status wanted; 0 for any.</summary>
    public (int From, int To) Status { get; init; }

    /// <summary>With header fields.</summary>
    public bool Headers { get; init; }

    /// <summary>Header fields whose values are to stay in the proxies, beyond those that always do.</summary>
    public IReadOnlyList<string> Redacted { get; init; } = [];
}
