using System.Text.RegularExpressions;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Model.Documents;

namespace Tulle.Cli.Commands.Apply;

/// <summary>What the server says about objects that it took, with the file and line that it cannot know.</summary>
internal sealed partial class ServerWarnings(CliEnvironment environment, ManifestReview review)
{
    /// <summary>The object that is being sent.</summary>
    public Manifest? Of { get; set; }

    public void Print(string warning)
    {
        // The server reviews as well; what this side said already is not said again.
        if (review.Said(warning)) return;
        string place = Of is not { } manifest ? ""
            : Field().Match(warning) is { Success: true } field ? $"{FieldLocator.Locate(manifest.Node, field.Groups[1].Value)}: "
            : $"{manifest.Location}: {manifest.Label}: ";
        environment.Error.WriteLine($"{Ansi.Yellow("warning:", environment.ColourError)} {place}{warning}");
    }

    [GeneratedRegex(@"^((?:metadata|spec)[\w.\[\]/-]*): ")]
    private static partial Regex Field();
}
