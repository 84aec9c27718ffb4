namespace Tulle.Testing;

/// <summary>The checkout that the tests were built from.</summary>
public static class RepositoryFolder
{
    private static readonly Lazy<string> LazyRoot = new(() =>
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tulle.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"no Tulle.slnx above {AppContext.BaseDirectory}; run the tests from a checkout");
    });

    public static string Root => LazyRoot.Value;

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Path of a published executable. Its absence is a failure, not a reason to skip.</summary>
    public static string Executable(string name)
    {
        string path = PathOf("artifacts", "bin", name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"artifacts/bin/{name} is missing; build it with scripts/build.sh {name}");
    }
}
