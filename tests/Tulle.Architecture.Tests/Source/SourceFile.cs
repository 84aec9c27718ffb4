namespace Tulle.Architecture.Tests.Source;

/// <summary>One C# file of the repository.</summary>
internal sealed class SourceFile(string root, string path)
{
    private readonly Lazy<string> _text = new(() => File.ReadAllText(path));
    private readonly Lazy<string[]> _code = new(() => CodeText.Of(File.ReadAllText(path)).Split('\n'));

    /// <summary>Path from the root of the repository, with slashes.</summary>
    public string Name { get; } = System.IO.Path.GetRelativePath(root, path);

    public string Text => _text.Value;

    /// <summary>Lines without comments and string contents.</summary>
    public IReadOnlyList<string> Code => _code.Value;

    public int LineCount => Text.Split('\n').Length - (Text.EndsWith('\n') ? 1 : 0);

    /// <summary>The folder under src/ or tests/: the project it belongs to.</summary>
    public string Project => Name.Split('/')[1];

    public override string ToString() => Name;
}
