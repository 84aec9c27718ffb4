using System.Text.Json.Nodes;
using Tulle.Cli.Tests.Testing;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Configuration;

namespace Tulle.Cli.Tests.Commands;

public sealed class CheckCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Check_NoMesh_SaysWhatToDo()
    {
        CliResult result = await _cli.RunAsync("check");
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Equal("""
            tulle-api
            ---------
            × can find the kubeconfig of the mesh
                no mesh is running on this machine and there is no kubeconfig; start one with 'tulle demo' or 'tulle up', or name one with --kubeconfig

            Status check results are ×

            """, result.Output);
    }

    [Fact]
    public async Task Check_WithoutIssuer_FailsThatCheck_AndRunsTheOthers()
    {
        CliResult result = await _cli.RunAsync($"check --kubeconfig {mesh.Kubeconfig}");
        Assert.Equal(ExitCodes.Failure, result.ExitCode);
        Assert.Contains("√ can query the Kubernetes API\n", result.Output);
        Assert.Contains("× the issuer certificate and the trust anchors exist\n    the secret tulle-system/tulle-identity-issuer has no tls.crt\n", result.Output);
        Assert.Contains("‼ pods are in the mesh\n", result.Output);
        Assert.Contains("√ the mesh's objects are valid\n", result.Output);
        Assert.EndsWith("Status check results are ×\n", result.Output);
    }

    [Fact]
    public async Task Check_RuleThatLeadsNowhere_IsAWarning()
    {
        mesh.Insight = path => path.EndsWith("/configuration", StringComparison.Ordinal) ? """
            {"items":[{"namespace":"shop","kind":"VirtualService","apiVersion":"networking.istio.io/v1","name":"users","created":"2026-01-01T12:00:00Z","status":"warning",
              "findings":[{"severity":"warning","field":"spec.http[0].route[0].destination.subset","message":"no DestinationRule defines subset v9 of users"}]}]}
            """ : """{"items":[]}""";
        CliResult result = await _cli.RunAsync($"check -o short --kubeconfig {mesh.Kubeconfig}");
        Assert.Contains("‼ the mesh's rules have the effect that they seem to have\n    VirtualService shop/users: spec.http[0].route[0].destination.subset: no DestinationRule defines subset v9 of users\n", result.Output);
    }

    [Fact]
    public async Task Check_PodThatIsNotReady_SaysWhy()
    {
        _cli.Write("pod.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: web-0}, spec: {containers: [{name: app, image: x}, {name: tulle-proxy, image: x}]}}");
        await _cli.RunAsync($"apply -f pod.yaml --kubeconfig {mesh.Kubeconfig}");
        using var client = new KubernetesClient(KubeConfig.Load(mesh.Kubeconfig).ToOptions());
        JsonObject status = (JsonObject)JsonNode.Parse("""{"status":{"conditions":[{"type":"Ready","status":"False","message":"it cannot start: there is no program"}]}}""")!;
        await client.PatchAsync(ResourcePath.Of("", "v1", "pods", "default", "web-0").WithSubresource("status"), PatchKind.Merge, status);
        CliResult result = await _cli.RunAsync($"check -o short --kubeconfig {mesh.Kubeconfig}");
        await _cli.RunAsync($"delete -f pod.yaml --kubeconfig {mesh.Kubeconfig}");
        Assert.Contains("× pods in the mesh are ready\n    default/web-0 is not ready: it cannot start: there is no program\n    'tulle diagnose SERVICE', ", result.Output);
    }

    [Fact]
    public async Task Check_Json_HasEveryCheckWithItsResult()
    {
        CliResult result = await _cli.RunAsync($"check -o json --kubeconfig {mesh.Kubeconfig}");
        JsonNode json = JsonNode.Parse(result.Output)!;
        Assert.False(json["success"]!.GetValue<bool>());
        JsonNode api = json["categories"]!.AsArray().Single(c => c!["categoryName"]!.GetValue<string>() == "tulle-api")!;
        Assert.All(api["checks"]!.AsArray(), check => Assert.Equal("success", check!["result"]!.GetValue<string>()));
    }
}
