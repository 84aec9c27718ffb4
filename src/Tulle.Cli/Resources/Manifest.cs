using Tulle.Model.Documents;

namespace Tulle.Cli.Resources;

/// <summary>One object of a file that a person wrote.</summary>
internal sealed record Manifest(MappingNode Node, string Text)
{
    public string ApiVersion => Node.Text("apiVersion") ?? "";

    public string Kind => Node.Text("kind") ?? "";

    public string Name => Node.Text("metadata", "name") ?? "";

    /// <summary>Null when the file names none.</summary>
    public string? Namespace => Node.Text("metadata", "namespace") is { Length: > 0 } name ? name : null;

    public SourceLocation Location => Node.Location;

    /// <summary>What messages call it: <c>VirtualService user-service</c>.</summary>
    public string Label => Name.Length == 0 ? Kind : $"{Kind} {Name}";
}
