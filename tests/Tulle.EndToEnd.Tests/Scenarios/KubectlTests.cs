using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>What people do with kubectl works, with every kubectl on this machine.</summary>
public sealed class KubectlTests(EchoMesh echo)
{
    public static TheoryData<string> Kubectls => [.. KubectlTool.Installed()];

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task Get_PodsAndServices_AreListed(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        string pods = await kubectl.RunAsync("get", "pods");
        Assert.Matches(@"NAME +READY +STATUS +RESTARTS +AGE", pods);
        foreach (MeshReplica replica in echo.Mesh.Replicas())
        {
            Assert.Matches($@"(?m)^{replica.Pod} +2/2 +Running +\d+", pods);
        }
        string services = await kubectl.RunAsync("get", "services");
        foreach (string service in new[] { "client", "user-service", "user-service-v1", "user-service-v2" })
        {
            Assert.Matches($@"(?m)^{service} +ClusterIP ", services);
        }
        Assert.Contains("deployment.apps/user-service-v1", await kubectl.RunAsync("get", "deployments,endpointslices", "-o", "name"));
    }

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task DescribeExplainAndApiResources_Work(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        string pod = echo.Client.Pod;
        string description = await kubectl.RunAsync("describe", "pod", pod);
        Assert.Contains($"Name:", description);
        Assert.Contains("tulle-proxy", description);
        Assert.Contains(echo.Client.Address, description);
        Assert.Contains("Endpoints", await kubectl.RunAsync("describe", "service", "user-service"));
        Assert.Contains("weight", await kubectl.RunAsync("explain", "virtualservice.spec.http.route"));
        Assert.Contains("destinationrules", await kubectl.RunAsync("api-resources"));
    }

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task WatchPatchAndDelete_OfOneObject_Work(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        string file = echo.Mesh.Write("watched.yaml", """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: watched }
            spec:
              hosts: [watched]
              http:
              - route:
                - destination: { host: user-service }
            """);
        await using RunningProcess watch = kubectl.Start("get", "virtualservices", "-w", "--no-headers");
        await kubectl.RunAsync("apply", "-f", file);
        await watch.WaitForTextAsync("watched", Eventually.Patience);
        await kubectl.RunAsync("patch", "virtualservice", "watched", "--type=merge", "-p", """{"spec":{"hosts":["watched","other"]}}""");
        await kubectl.RunAsync("patch", "virtualservice", "watched", "--type=json", "-p", """[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]""");
        Assert.Equal("b watched,other", await kubectl.RunAsync("get", "vs", "watched", "-o", "jsonpath={.metadata.labels.a} {.spec.hosts[0]},{.spec.hosts[1]}"));
        int before = Lines(watch);
        await kubectl.RunAsync("delete", "virtualservice", "watched");
        await Eventually.TrueAsync(() => Lines(watch) > before, Eventually.Patience, "the deletion is watched", watch.Show);
        CommandResult gone = await kubectl.TryAsync(["get", "vs", "watched"]);
        Assert.NotEqual(0, gone.ExitCode);
        Assert.Contains("not found", gone.Error);

        static int Lines(RunningProcess process) => process.Output.Split('\n').Count(l => l.StartsWith("watched", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kubectls))]
    public async Task Apply_EverySeed_IsAdmittedAsItIs(string path)
    {
        KubectlTool kubectl = echo.Mesh.KubectlOf(path);
        string folder = RepositoryFolder.PathOf("samples", "seed");
        await kubectl.RunAsync("create", "namespace", "seeds");
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.yaml").Order())
            {
                CommandResult result = await kubectl.TryAsync(["apply", "-n", "seeds", "-f", file]);
                Assert.True(result.ExitCode == 0, $"{Path.GetFileName(file)}: {result}");
            }
        }
        finally
        {
            await kubectl.RunAsync("delete", "namespace", "seeds");
        }
    }
}
