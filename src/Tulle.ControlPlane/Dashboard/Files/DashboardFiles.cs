using System.Reflection;
using System.Security.Cryptography;

namespace Tulle.ControlPlane.Dashboard.Files;

/// <summary>
/// The single-page application: files that the build took from <c>src/dashboard/dist</c>. Beside <c>x.js</c> there may be
/// <c>x.js.br</c> and <c>x.js.gz</c>, which are served in its place.
/// </summary>
internal sealed class DashboardFiles
{
    private const string Prefix = "dashboard/";

    /// <summary>Where the bundler puts files whose names carry a digest of their content.</summary>
    private const string DigestedFolder = "assets/";

    private static readonly (string Suffix, string Encoding)[] Compressed = [(".br", "br"), (".gz", "gzip")];

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
    };

    private readonly Dictionary<string, DashboardFile> _files = new(StringComparer.Ordinal);

    /// <param name="sources">What there is, by path relative to the root.</param>
    public DashboardFiles(IReadOnlyDictionary<string, Func<Stream>> sources)
    {
        foreach ((string path, Func<Stream> open) in sources)
        {
            if (Array.Exists(Compressed, form => path.EndsWith(form.Suffix, StringComparison.Ordinal) && sources.ContainsKey(path[..^form.Suffix.Length]))) continue;
            if (!ContentTypes.TryGetValue(Path.GetExtension(path), out string? type)) continue;
            var encodings = new Dictionary<string, Func<Stream>>(StringComparer.OrdinalIgnoreCase) { [""] = open };
            foreach ((string suffix, string encoding) in Compressed)
            {
                if (sources.TryGetValue(path + suffix, out Func<Stream>? compressed)) encodings[encoding] = compressed;
            }
            _files[path] = new DashboardFile(type, path.StartsWith(DigestedFolder, StringComparison.Ordinal), TagOf(open), encodings);
        }
    }

    /// <summary>What the build put into this executable; nothing when the dashboard was not built.</summary>
    public static DashboardFiles Embedded { get; } = new(Resources());

    /// <summary>The page that every path without an extension answers with; null when the dashboard was not built.</summary>
    public DashboardFile? Index => Find("index.html");

    /// <param name="path">Relative to the root, without a slash in front.</param>
    public DashboardFile? Find(string path) => _files.GetValueOrDefault(path);

    private static Dictionary<string, Func<Stream>> Resources()
    {
        Assembly assembly = typeof(DashboardFiles).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], Func<Stream> (name) => () => assembly.GetManifestResourceStream(name)!);
    }

    private static string TagOf(Func<Stream> open)
    {
        using Stream content = open();
        return $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"";
    }
}
