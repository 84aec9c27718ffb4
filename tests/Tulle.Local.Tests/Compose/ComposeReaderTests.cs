using System.Text;
using Tulle.Local.Compose;
using Tulle.Testing;

namespace Tulle.Local.Tests.Compose;

/// <summary>Golden files: a folder of Cases holds a compose.yaml and what must come of it, findings or services, in expected.txt.</summary>
public class ComposeReaderTests
{
    private static readonly string Cases = RepositoryFolder.PathOf("tests", "Tulle.Local.Tests", "Compose", "Cases");

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Cases).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_Case_GivesWhatIsExpected(string name)
    {
        string folder = Path.Combine(Cases, name);
        var variables = new Dictionary<string, string> { ["NAME"] = "value", ["EMPTY"] = "" };

        ComposeResult result = ComposeReader.Read(
            File.ReadAllText(Path.Combine(folder, "compose.yaml")), "compose.yaml", "/srv/shop", variables.GetValueOrDefault);

        string actual = Print(result);
        string expected = Path.Combine(folder, "expected.txt");
        // A new case writes its golden file, for its author to read.
        if (!File.Exists(expected)) File.WriteAllText(expected, actual);
        Assert.Equal(File.ReadAllText(expected), actual);
    }

    [Fact]
    public void Read_SampleShop_HasNineteenServices()
    {
        string folder = RepositoryFolder.PathOf("samples", "shop");

        ComposeResult result = ComposeReader.Read(File.ReadAllText(Path.Combine(folder, "compose.yaml")), "compose.yaml", folder, _ => null);

        Assert.Empty(result.Findings);
        Assert.Equal(19, result.Config!.Services.Count);
        Assert.Equal(8080, result.Config.Services.Single(service => service.Name == "frontend").Ports.Single().Published);
        Assert.Equal("user-service", result.Config.Services.Single(service => service.Name == "user-service-v2").Labels["app"]);
    }

    private static string Print(ComposeResult result)
    {
        var text = new StringBuilder();
        foreach (var finding in result.Findings) text.AppendLine($"{finding.Severity}: {finding}");
        if (result.Config is not { } config) return text.ToString();
        text.AppendLine($"{config.Name} in namespace {config.Namespace}");
        if (config.RedactedHeaders.Count > 0) text.AppendLine($"  redacts {string.Join(", ", config.RedactedHeaders)}");
        foreach (ServiceConfig service in config.Services)
        {
            text.AppendLine($"{service.Name}: {string.Join(" | ", service.Command)}");
            text.AppendLine($"  in {service.WorkingDirectory}, {service.Replicas} replicas");
            foreach ((string key, string value) in service.Environment) text.AppendLine($"  env {key}={value}");
            foreach ((string key, string value) in service.Labels) text.AppendLine($"  label {key}={value}");
            foreach (PortConfig port in service.Ports) text.AppendLine($"  port {port.Port}{(port.Published is { } published ? $" published at {published}" : "")}");
            foreach (DependencyConfig dependency in service.DependsOn) text.AppendLine($"  after {dependency.Service} is {(dependency.Healthy ? "healthy" : "started")}");
            foreach (UpstreamConfig upstream in service.Upstreams) text.AppendLine($"  upstream {upstream.Listen} to {upstream.Authority}");
            if (service.RedactedHeaders.Count > 0) text.AppendLine($"  redacts {string.Join(", ", service.RedactedHeaders)}");
            if (service.Healthcheck is { } check)
                text.AppendLine($"  healthcheck {string.Join(" | ", check.Test)} every {check.Interval} within {check.Timeout}, {check.Retries} times, from {check.StartPeriod}");
        }
        return text.ToString();
    }
}
