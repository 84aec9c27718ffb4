using System.Diagnostics;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests;

/// <summary>The real kubectl against the real server. Passes with Debian 12's kubectl 1.20 as well as with current ones.</summary>
public sealed class KubectlTests
{
    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: {name: users, labels: {app: users}}
        spec:
          selector: {app: users}
          ports: [{name: http, port: 80, targetPort: 8080}]
        """;

    private const string VirtualService = """
        apiVersion: networking.istio.io/v1alpha3
        kind: VirtualService
        metadata: {name: users}
        spec:
          hosts: [users]
          http:
          - route:
            - destination: {host: users, subset: v1}
              weight: 90
            - destination: {host: users, subset: v2}
              weight: 10
        """;

    [Fact]
    public async Task Apply_Twice_CreatesThenIsUnchanged()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        Assert.Contains("service/users created", await kubectl.RunAsync("apply -f -", Service), StringComparison.Ordinal);
        Assert.Contains("service/users unchanged", await kubectl.RunAsync("apply -f -", Service), StringComparison.Ordinal);
        Assert.Contains("service/users configured", await kubectl.RunAsync("apply -f -", Service.Replace("port: 80,", "port: 81,", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal("81", await kubectl.RunAsync("get service users -o jsonpath={.spec.ports[*].port}"));
        Assert.Contains("virtualservice.networking.istio.io/users created", await kubectl.RunAsync("apply -f -", VirtualService), StringComparison.Ordinal);
        Assert.Contains("virtualservice.networking.istio.io/users unchanged", await kubectl.RunAsync("apply -f -", VirtualService), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Kinds_PrintsTheirColumns()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Service);
        await kubectl.RunAsync("apply -f -", Samples.Pod("p"));
        await kubectl.RunAsync("apply -f -", Samples.Deployment("d"));
        await kubectl.RunAsync("apply -f -", VirtualService);
        Assert.Matches(@"NAME\s+TYPE\s+CLUSTER-IP\s+EXTERNAL-IP\s+PORT\(S\)\s+AGE\s+users\s+ClusterIP\s+<none>\s+<none>\s+80/TCP\s+\d+s", await kubectl.RunAsync("get services"));
        Assert.Matches(@"NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE.*\s+p\s+0/1\s+Pending\s+0\s+", await kubectl.RunAsync("get po -o wide"));
        Assert.Matches(@"NAME\s+READY\s+UP-TO-DATE\s+AVAILABLE\s+AGE\s+d\s+0/2\s+0\s+0\s+", await kubectl.RunAsync("get deploy"));
        Assert.Matches(@"NAME\s+GATEWAYS\s+HOSTS\s+AGE\s+users\s+users\s+", (await kubectl.RunAsync("get vs")).Replace("[\"users\"]", "users", StringComparison.Ordinal));
        Assert.Matches(@"NAMESPACE\s+NAME.*\s+default\s+users", await kubectl.RunAsync("get services -A"));
        Assert.Contains("pod/p", await kubectl.RunAsync("get all"), StringComparison.Ordinal);
        Assert.Contains("apiVersion: v1", await kubectl.RunAsync("get services users -o yaml"), StringComparison.Ordinal);
        Assert.Equal("service/users\n", await kubectl.RunAsync("get services -l app=users -o name"));
        Assert.Equal("", await kubectl.RunAsync("get services -l app=other -o name"));
    }

    [Fact]
    public async Task GetWatch_ChangeElsewhere_PrintsIt()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Service);
        using Process watch = kubectl.Start("get services -w --no-headers");
        try
        {
            Assert.StartsWith("users", await watch.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
            await host.PostAsync(Samples.Services, """{"metadata":{"name":"carts"},"spec":{"ports":[{"port":80}]}}""");
            Assert.StartsWith("carts", await watch.StandardOutput.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync(limit.Token);
        }
    }

    [Fact]
    public async Task Patch_EachType_Applies()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Service);
        await kubectl.RunAsync("patch service users -p '{\"spec\":{\"ports\":[{\"port\":90,\"name\":\"admin\"}]}}'");
        Assert.Equal("80 90", await kubectl.RunAsync("get service users -o jsonpath={.spec.ports[*].port}") is var ports ? string.Join(' ', ports.Split(' ').Order()) : "");
        await kubectl.RunAsync("patch service users --type merge -p '{\"metadata\":{\"labels\":{\"tier\":\"back\"}}}'");
        await kubectl.RunAsync("patch service users --type json -p '[{\"op\":\"remove\",\"path\":\"/metadata/labels/app\"}]'");
        Assert.Equal("back", await kubectl.RunAsync("get service users -o jsonpath={.metadata.labels.*}"));
        await kubectl.RunAsync("label service users a=b");
        await kubectl.RunAsync("annotate service users example.com/c=d");
        Assert.Equal("d", await kubectl.RunAsync("get service users -o 'jsonpath={.metadata.annotations.example\\.com/c}'"));
        Assert.Contains("the path has no", await kubectl.FailAsync("patch service users --type json -p '[{\"op\":\"remove\",\"path\":\"/spec/none\"}]'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_Objects_ShowsThemAndTheirEvents()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Service);
        await kubectl.RunAsync("apply -f -", Samples.Pod("p"));
        await kubectl.RunAsync("apply -f -", Samples.Deployment("d"));
        await kubectl.RunAsync("apply -f -", VirtualService);
        string uid = await kubectl.RunAsync("get pod p -o jsonpath={.metadata.uid}");
        await host.PostAsync("/api/v1/namespaces/default/events", $$"""
            {"metadata":{"name":"p.1"},"involvedObject":{"kind":"Pod","namespace":"default","name":"p","uid":"{{uid}}"},
             "reason":"Started","message":"process 7 started","type":"Normal","count":1}
            """);
        Assert.Matches(@"TargetPort:\s+8080/TCP", await kubectl.RunAsync("describe service users"));
        Assert.Contains("process 7 started", await kubectl.RunAsync("describe pod p"), StringComparison.Ordinal);
        Assert.Contains("2 desired", await kubectl.RunAsync("describe deployment d"), StringComparison.Ordinal);
        Assert.Contains("Weight:", await kubectl.RunAsync("describe vs users"), StringComparison.Ordinal);
        Assert.Matches(@"Started\s+pod/p\s+process 7 started", await kubectl.RunAsync("get events"));
    }

    [Fact]
    public async Task Explain_Fields_ShowsDescriptions()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        Assert.Contains("Ports that the service offers", await kubectl.RunAsync("explain service.spec.ports"), StringComparison.Ordinal);
        Assert.Contains("weight", await kubectl.RunAsync("explain virtualservice.spec.http.route"), StringComparison.Ordinal);
        Assert.Contains("containerPort", await kubectl.RunAsync("explain pod --recursive"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiResources_All_HaveNamesAndShortNames()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string printed = await new Kubectl(host).RunAsync("api-resources");
        Assert.Matches(@"services\s+svc\s+v1\s+true\s+Service", printed);
        Assert.Matches(@"virtualservices\s+vs\s+networking.istio.io/v1\s+true\s+VirtualService", printed);
        Assert.Matches(@"customresourcedefinitions\s+crd,crds\s+apiextensions.k8s.io/v1\s+false", printed);
        Assert.Contains("apps/v1", await new Kubectl(host).RunAsync("api-versions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Imperative_WritesCoreObjects()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("create namespace shop");
        await kubectl.RunAsync("create serviceaccount users -n shop");
        await kubectl.RunAsync("create configmap c --from-literal=a=b -n shop");
        await kubectl.RunAsync("create secret generic s --from-literal=a=b -n shop");
        await kubectl.RunAsync("create deployment d --image=process -n shop");
        await kubectl.RunAsync("create service clusterip users --tcp=80:8080 -n shop");
        await kubectl.RunAsync("scale deployment d --replicas=3 -n shop");
        await kubectl.RunAsync("set image deployment/d process=other -n shop");
        Assert.Equal("3 other", await kubectl.RunAsync("get deploy d -n shop -o 'jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}'"));
        Assert.Equal("b", await kubectl.RunAsync("get configmap c -n shop -o jsonpath={.data.a}"));
        Assert.Equal("Yg==", await kubectl.RunAsync("get secret s -n shop -o jsonpath={.data.a}"));
        Assert.Equal("yes\n", await kubectl.RunAsync("auth can-i delete pods"));
        await kubectl.RunAsync("delete namespace shop");
        Assert.Contains("not found", await kubectl.FailAsync("get namespace shop"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateToken_ServiceAccount_GivesJwt()
    {
        // kubectl create token came with 1.24.
        if (Kubectl.Minor.Value < 24) return;
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        // A namespace gets its account "default" only after a moment.
        await kubectl.RunAsync("create serviceaccount app");
        string token = await kubectl.RunAsync("create token app --audience tulle --duration 20m");
        Assert.Equal(3, token.Trim().Split('.').Length);
    }

    [Fact]
    public async Task Apply_BadObject_SaysFieldAndCause()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        string unknown = await kubectl.FailAsync("apply -f -", VirtualService.Replace("http:", "htpp:", StringComparison.Ordinal));
        Assert.Contains("unknown field \"", unknown, StringComparison.Ordinal);
        Assert.Contains("htpp", unknown, StringComparison.Ordinal);
        string type = await kubectl.FailAsync("apply --validate=false -f -", VirtualService.Replace("hosts: [users]", "hosts: 5", StringComparison.Ordinal));
        Assert.Contains("The VirtualService \"users\" is invalid: spec.hosts: Invalid value: expected a list", type, StringComparison.Ordinal);
        Assert.Contains("the server doesn't have a resource type \"nonsense\"", await kubectl.FailAsync("get nonsense"), StringComparison.Ordinal);
        Assert.Contains("services \"none\" not found", await kubectl.FailAsync("get service none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CustomResource_FromDefinition_WorksLikeAnyOther()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Samples.CronTabDefinition);
        await kubectl.RunAsync("wait --for condition=established crd/crontabs.stable.example.com --timeout=10s");
        await kubectl.RunAsync("apply -f -", Samples.CronTab);
        Assert.Contains("unchanged", await kubectl.RunAsync("apply -f -", Samples.CronTab), StringComparison.Ordinal);
        Assert.Matches(@"NAME\s+SPEC\s+REPLICAS\s+AGE\s+ct\s+\* \* \*\s+3\s+", await kubectl.RunAsync("get ct"));
        Assert.Contains("When it runs.", await kubectl.RunAsync("explain crontab.spec"), StringComparison.Ordinal);
        await kubectl.RunAsync("delete crd crontabs.stable.example.com");
    }

    [Fact]
    public async Task LogsAndExec_AreServedOrSaid()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        await kubectl.RunAsync("apply -f -", Samples.Pod("p"));
        Assert.Contains("not served", await kubectl.FailAsync("logs p"), StringComparison.Ordinal);
        Assert.Contains("not served", await kubectl.FailAsync("exec p -- true"), StringComparison.Ordinal);
        host.Server.SetPodLogs(async (request, output, cancellation) =>
        {
            if (request.Container == "none") return "container none is not valid for pod p";
            await output.WriteAsync("one\ntwo\n"u8.ToArray(), cancellation);
            return null;
        });
        Assert.Equal("one\ntwo\n", await kubectl.RunAsync("logs p"));
    }

    [Fact]
    public async Task Apply_SampleFiles_AreTakenAsTheyAre()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        var kubectl = new Kubectl(host);
        string[] files = [.. Directory.GetFiles(SeedFolder(), "*.yaml").Order()];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            await kubectl.RunAsync($"apply -f {file}");
            await kubectl.RunAsync($"apply -f {file}");
            await kubectl.RunAsync($"get -f {file}");
        }
        foreach (string kind in (string[])["vs", "destinationrules", "peerauthentications", "serviceprofiles", "trafficsplits"])
            await kubectl.RunAsync($"delete {kind} --all");
    }

    private static string SeedFolder()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "samples", "seed");
            if (Directory.Exists(folder)) return folder;
        }
        throw new DirectoryNotFoundException("samples/seed was not found above the test");
    }
}
