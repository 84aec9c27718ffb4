namespace Tulle.Model.Tests;

/// <summary>Where the repository's files are while tests run from a build folder inside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> SeedFiles { get; } = [.. Directory.GetFiles(Path.Combine(Root, "samples", "seed"), "*.yaml").Order(StringComparer.Ordinal)];

    public static string TestFolder { get; } = Path.Combine(Root, "tests", "Tulle.Model.Tests");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Tulle.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run from inside the repository.");
    }
}
