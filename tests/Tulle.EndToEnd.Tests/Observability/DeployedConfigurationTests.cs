using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>What lies in deploy/prometheus, held against promtool and Prometheus; and the targets file that a mesh keeps.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeployedConfigurationTests(EchoMesh echo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Folder = RepositoryFolder.PathOf("deploy", "prometheus");

    [Theory]
    [InlineData("check", "config", "file.yml")]
    [InlineData("check", "config", "static.yml")]
    [InlineData("check", "rules", "rules/recording.yml", "rules/alerts.yml")]
    [InlineData("test", "rules", "rules.test.yml")]
    public async Task Files_SatisfyPromtool(params string[] arguments)
    {
        CommandResult result = await RunningProcess.RunAsync("promtool", arguments, Patience, folder: Folder);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Debian's Prometheus comes without Kubernetes discovery, so its labels come from a file, and everything else is ours.</summary>
    [Fact]
    public async Task Kubernetes_DiscoveredPods_BecomeTargetsWithOurLabels()
    {
        using TemporaryFolder folder = new();
        folder.Write("pods.json", """
            [
              {"targets": ["10.0.0.7:8080"], "labels": {"__meta_kubernetes_namespace": "shop", "__meta_kubernetes_pod_name": "users-6bd4f7c9d-x2x5z",
                "__meta_kubernetes_pod_ip": "10.0.0.7", "__meta_kubernetes_pod_container_name": "tulle-proxy", "__meta_kubernetes_pod_container_port_name": "tulle-admin",
                "__meta_kubernetes_pod_controller_kind": "ReplicaSet", "__meta_kubernetes_pod_controller_name": "users-6bd4f7c9d"}},
              {"targets": ["10.0.0.7:9090"], "labels": {"__meta_kubernetes_namespace": "shop", "__meta_kubernetes_pod_name": "users-6bd4f7c9d-x2x5z",
                "__meta_kubernetes_pod_ip": "10.0.0.7", "__meta_kubernetes_pod_container_name": "users", "__meta_kubernetes_pod_container_port_name": "http",
                "__meta_kubernetes_pod_controller_kind": "ReplicaSet", "__meta_kubernetes_pod_controller_name": "users-6bd4f7c9d"}},
              {"targets": ["10.0.0.9:15030"], "labels": {"__meta_kubernetes_namespace": "tulle-system", "__meta_kubernetes_pod_name": "tulle-0",
                "__meta_kubernetes_pod_ip": "10.0.0.9", "__meta_kubernetes_pod_container_name": "tulle", "__meta_kubernetes_pod_container_port_name": "metrics",
                "__meta_kubernetes_pod_controller_kind": "StatefulSet", "__meta_kubernetes_pod_controller_name": "tulle"}}
            ]
            """);
        string text = await File.ReadAllTextAsync(Path.Combine(Folder, "kubernetes.yml"));
        const string Discovery = "    kubernetes_sd_configs:\n      - role: pod\n";
        Assert.Equal(3, text.Split(Discovery).Length);
        text = text.Replace("        namespaces: { names: [tulle-system] }\n", "", StringComparison.Ordinal)
            .Replace(Discovery, "    file_sd_configs:\n      - files: [pods.json]\n", StringComparison.Ordinal).Replace("rules/*.yml", "none/*.yml", StringComparison.Ordinal);
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(folder.Write("prometheus.yml", text));
        JsonNode targets = new JsonObject();
        await Eventually.TrueAsync(
            async () => (targets = await prometheus.GetAsync("targets?state=active"))["activeTargets"]!.AsArray().Count >= 2, Patience, "the pods are targets", prometheus.Show);

        JsonNode proxy = Assert.Single(targets["activeTargets"]!.AsArray(), target => target!["labels"]!["job"]!.GetValue<string>() == "tulle-proxy")!;
        Assert.Equal("http://10.0.0.7:15020/metrics", proxy["scrapeUrl"]!.GetValue<string>());
        Assert.Equal(
            "deployment=users,instance=10.0.0.7:15020,job=tulle-proxy,namespace=shop,pod=users-6bd4f7c9d-x2x5z,workload=deployment/users",
            string.Join(',', proxy["labels"]!.AsObject().OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}")));
        JsonNode control = Assert.Single(targets["activeTargets"]!.AsArray(), target => target!["labels"]!["job"]!.GetValue<string>() == "tulle-control-plane")!;
        Assert.Equal("10.0.0.9:15030", control["labels"]!["instance"]!.GetValue<string>());
    }

    [Fact]
    public async Task Targets_FollowThePods()
    {
        Assert.Contains("client-0", Pods());
        Assert.DoesNotContain(Pods(), pod => pod.StartsWith("watched", StringComparison.Ordinal));
        await using RunningProcess run = echo.Mesh.StartTulle("run", "--service", "watched", "--port", "80", "--", "python3", EchoMesh.App);
        await Eventually.TrueAsync(() => Pods().Any(pod => pod.StartsWith("watched", StringComparison.Ordinal)), Patience, "the new pod is a target", run.Show);
        JsonNode target = Targets().Single(target => target["labels"]!["pod"]?.GetValue<string>().StartsWith("watched", StringComparison.Ordinal) == true);
        Assert.Equal("deployment/watched", target["labels"]!["workload"]!.GetValue<string>());
        Assert.EndsWith(":15020", target["targets"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        run.Send(Signal.Interrupt);
        await run.WaitForExitAsync(Patience);
        await Eventually.TrueAsync(() => !Pods().Any(pod => pod.StartsWith("watched", StringComparison.Ordinal)), Patience, "the pod is no target any more");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TargetsFile));
    }

    private string TargetsFile => Path.Combine(echo.Mesh.Home, "prometheus", "targets.json");

    private IReadOnlyList<JsonNode> Targets() => [.. JsonNode.Parse(File.ReadAllText(TargetsFile))!.AsArray().Select(target => target!)];

    private IReadOnlyList<string> Pods() => [.. Targets().Select(target => target["labels"]!["pod"]?.GetValue<string>()).OfType<string>()];
}
