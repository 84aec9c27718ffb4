namespace Tulle.Model.Documents;

/// <summary>A place in a text that a person wrote. Lines and columns count from 1.</summary>
public readonly record struct SourceLocation(string? File, int Line, int Column)
{
    /// <summary>No place: the value did not come from a file.</summary>
    public static readonly SourceLocation None;

    public override string ToString() => File is null ? $"line {Line}" : $"{File}:{Line}";
}
