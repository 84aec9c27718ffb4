namespace Tulle.Proxy.AccessLog;

/// <summary>A piece of a compiled format. Immutable; any thread.</summary>
/// <param name="Operator">What it is.</param>
/// <param name="Text">The literal, or the name of a field in lower case; empty otherwise.</param>
/// <param name="Alternative">Field to take where the first is absent; empty for none.</param>
/// <param name="MaxLength">Longest value, in bytes.</param>
/// <param name="IsJsonValue">The whole of a JSON value: numbers stay numbers, what is absent becomes null, text gets quotes.</param>
/// <param name="Capture">Place among what is kept of the response's head; -1 when nothing is.</param>
internal sealed record AccessLogPart(
    AccessLogOperator Operator,
    byte[] Text,
    byte[] Alternative,
    int MaxLength = AccessLogPart.LongestValue,
    bool IsJsonValue = false,
    int Capture = -1)
{
    /// <summary>What is longer is cut off: a client's fields must not fill the disk.</summary>
    public const int LongestValue = 4096;

    /// <summary>How START_TIME is written; null for Envoy's default.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>START_TIME as seconds since 1970.</summary>
    public bool IsUnixTime { get; init; }
}
