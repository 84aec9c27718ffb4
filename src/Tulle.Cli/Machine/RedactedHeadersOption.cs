using System.CommandLine;
using Tulle.Local.Compose;

namespace Tulle.Cli.Machine;

/// <summary>Which header fields sidecars keep to themselves when somebody taps.</summary>
internal static class RedactedHeadersOption
{
    public static Option<string[]> Create() => new("--redact-headers")
    {
        HelpName = "NAMES",
        Description = "Header fields whose values sidecars never show to 'tulle tap --headers', comma-separated or repeated, beyond the usual secrets; the Compose file can name them too",
        CustomParser = result =>
        {
            // Whoever repeats it wants more of them kept, not others.
            string[] names = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
            if (names.FirstOrDefault(name => !FieldName.IsValid(name)) is { } bad) result.AddError($"--redact-headers {bad}: {FieldName.Rule}");
            return names;
        },
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
    };
}
