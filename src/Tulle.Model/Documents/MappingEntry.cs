namespace Tulle.Model.Documents;

/// <summary>A key of a mapping, where it stands, and its value.</summary>
public readonly record struct MappingEntry(string Key, SourceLocation KeyLocation, Node Value);
