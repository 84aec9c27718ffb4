namespace Tulle.Cli.Insight;

/// <summary>A set of workloads on a command line: all of a type, or one by name.</summary>
/// <param name="Plural">As the insight API has it.</param>
/// <param name="Name">Null for all.</param>
internal readonly record struct WorkloadName(string Plural, string? Name)
{
    private static readonly (string Plural, string[] Words)[] Types =
    [
        ("deployments", ["deployments", "deployment", "deploy"]),
        ("pods", ["pods", "pod", "po"]),
        ("services", ["services", "service", "svc"]),
        ("namespaces", ["namespaces", "namespace", "ns"]),
    ];

    /// <summary>Names of the types, for completion.</summary>
    public static IEnumerable<string> TypeNames => Types.Select(t => t.Plural);

    /// <summary>Reads <c>TYPE</c>, <c>TYPE/NAME</c> or <c>TYPE NAME</c>.</summary>
    /// <exception cref="CliException">The type has no metrics, or there are too many words.</exception>
    public static WorkloadName Parse(IReadOnlyList<string> words, string verb)
    {
        string[] parts = words.Count == 1 ? words[0].Split('/') : [.. words];
        if (parts.Length > 2 || parts.Any(p => p.Length == 0 || (words.Count > 1 && p.Contains('/'))))
        {
            throw new CliException($"'{string.Join(' ', words)}' is not TYPE, TYPE/NAME or TYPE NAME; for example 'tulle {verb} deploy/user-service'", ExitCodes.Usage);
        }
        return new WorkloadName(PluralOf(parts[0], verb), parts.Length == 2 ? parts[1] : null);
    }

    private static string PluralOf(string word, string verb) =>
        Types.FirstOrDefault(t => t.Words.Contains(word.ToLowerInvariant())).Plural
        ?? throw new CliException($"'tulle {verb}' knows no type '{word}'; use deployments (deploy), pods (po), services (svc) or namespaces (ns)", ExitCodes.Usage);

    /// <summary>As the API's <c>to</c> and <c>from</c> have it: <c>deployments/x</c>.</summary>
    public override string ToString() => Name is null ? Plural : $"{Plural}/{Name}";
}
