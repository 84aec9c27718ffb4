namespace Tulle.Model.Documents;

/// <summary>Bounds on a text that is read, so that a hostile one cannot take the process down.</summary>
public static class ReadLimits
{
    /// <summary>Characters of YAML or bytes of JSON: 3 MiB, the body limit of a Kubernetes API server.</summary>
    public const int MaxLength = 3 * 1024 * 1024;

    /// <summary>Levels of nesting. The deepest kind that people write, a CustomResourceDefinition, uses some thirty.</summary>
    public const int MaxDepth = 100;

    /// <summary>Values in one document after aliases are expanded: some ten times what <see cref="MaxLength"/> of real manifests hold.</summary>
    public const int MaxNodes = 500_000;
}
