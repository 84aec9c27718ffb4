using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>Our Prometheus configuration as a user would have it beside a mesh, but for its pace: tests do not wait fifteen seconds.</summary>
internal sealed class PrometheusFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="meshHome">State folder of the mesh.</param>
    /// <param name="textTarget">A further target, job <c>text</c>: <c>host:port</c>; null for none.</param>
    public PrometheusFiles(string meshHome, string? textTarget = null)
    {
        string source = RepositoryFolder.PathOf("deploy", "prometheus");
        string configuration = File.ReadAllText(Path.Combine(source, "file.yml"));
        Assert.Contains("scrape_interval: 15s", configuration);
        Configuration = _folder.Write("file.yml", configuration.Replace("_interval: 15s", "_interval: 1s", StringComparison.Ordinal).Replace("refresh_interval: 1m", "refresh_interval: 1s", StringComparison.Ordinal)
            + (textTarget is null ? "" : $"\n  - job_name: text\n    static_configs:\n      - targets: [\"{textTarget}\"]\n"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "rules"));
        foreach (string rules in Directory.EnumerateFiles(Path.Combine(source, "rules"))) File.Copy(rules, Path.Combine(_folder.Path, "rules", Path.GetFileName(rules)));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "targets"), Path.Combine(meshHome, "prometheus"));
    }

    /// <summary>Path of the configuration file.</summary>
    public string Configuration { get; }

    public void Dispose() => _folder.Dispose();
}
