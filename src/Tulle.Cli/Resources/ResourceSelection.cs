namespace Tulle.Cli.Resources;

/// <summary>The objects that the words after a verb name: <c>TYPE</c>, <c>TYPE NAME…</c> or <c>TYPE/NAME…</c>.</summary>
/// <param name="Type">The word for the type.</param>
/// <param name="Name">The name; null for every object of the type.</param>
internal readonly record struct ResourceSelection(string Type, string? Name)
{
    /// <exception cref="CliException">The words mix both forms or name no type.</exception>
    public static IReadOnlyList<ResourceSelection> Parse(IReadOnlyList<string> words, string verb)
    {
        if (words.Count == 0)
        {
            throw new CliException($"'tulle {verb}' needs a resource type; for example 'tulle {verb} pods' (see 'tulle {verb} --help')", ExitCodes.Usage);
        }
        if (words.Any(w => w.Contains('/')))
        {
            return [.. words.Select(word => word.Split('/') is [{ Length: > 0 } type, { Length: > 0 } name]
                ? new ResourceSelection(type, name)
                : throw new CliException($"'{word}' is not TYPE/NAME; name every object as TYPE/NAME, or write TYPE NAME…", ExitCodes.Usage))];
        }
        string[] types = words[0].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return words.Count == 1
            ? [.. types.Select(type => new ResourceSelection(type, null))]
            : [.. types.SelectMany(type => words.Skip(1).Select(name => new ResourceSelection(type, name)))];
    }
}
