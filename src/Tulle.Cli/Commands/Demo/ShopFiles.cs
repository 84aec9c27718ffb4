using System.Reflection;

namespace Tulle.Cli.Commands.Demo;

/// <summary>The files of the sample shop, which tulle carries with it: the demo works wherever the executable is.</summary>
internal static class ShopFiles
{
    private const string Prefix = "shop/";

    /// <summary>Writes them into a folder.</summary>
    /// <returns>The Compose file.</returns>
    public static string Unpack(string folder)
    {
        Assembly assembly = typeof(ShopFiles).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string path = Path.Combine(folder, name[Prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream resource = assembly.GetManifestResourceStream(name)!;
            using FileStream file = File.Create(path);
            resource.CopyTo(file);
        }
        return Path.Combine(folder, "compose.yaml");
    }
}
