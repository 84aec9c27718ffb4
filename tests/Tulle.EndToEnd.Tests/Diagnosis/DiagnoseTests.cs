using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Diagnosis;

/// <summary><c>tulle diagnose</c> names the cause of failures that are staged for real.</summary>
public sealed class DiagnoseTests(DiagnosisMesh mesh) : IClassFixture<DiagnosisMesh>
{
    [Fact]
    public async Task NothingWrong_SaysSo()
    {
        await using LoadClient load = mesh.Load("well");
        await load.SendAsync(50, 2);
        CommandResult? result = null;
        await Eventually.TrueAsync(
            async () => (result = await mesh.Mesh.TulleAsync("diagnose", "well")).ExitCode == 0 && result.Output.Contains("50 requests", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), "the healthy service is called healthy", () => $"{result}");
        Assert.StartsWith("service default/well is healthy\nall is well: 1 endpoint ready, 50 requests in the last minute, 100 % of which succeeded\n", result!.Output);
    }

    [Fact]
    public async Task NoEndpoints()
    {
        await mesh.Mesh.Kubectl.RunAsync("patch", "service", "empty", "--type=merge", "-p", """{"spec":{"selector":{"app":"nobody","tulle.dev/service":null}}}""");
        CommandResult text = await mesh.NamesAsync("empty", "no-endpoints", () => SendAsync("empty"));
        Assert.Contains("app=nobody", text.Output);
    }

    [Fact]
    public async Task AllEjected()
    {
        await mesh.ApplyAsync("ejected", """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: { name: ejected }
            spec:
              host: ejected
              trafficPolicy:
                outlierDetection: { consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 120s, maxEjectionPercent: 100 }
            """);
        await using LoadClient load = mesh.Load("ejected");
        load.Headers["x-behave"] = "status=500";
        CommandResult text = await mesh.NamesAsync("ejected", "all-ejected", () => load.SendAsync(8, 1));
        Assert.Contains("3 consecutive 5xx responses", text.Output);
    }

    [Fact]
    public async Task WrongPort_OfTheService()
    {
        await mesh.Mesh.Kubectl.RunAsync("patch", "service", "wrongport", "--type=json", "-p", """[{"op":"replace","path":"/spec/ports/0/targetPort","value":9999}]""");
        CommandResult text = await mesh.NamesAsync("wrongport", "wrong-port", () => SendAsync("wrongport"));
        Assert.Contains("port 9999", text.Output);
    }

    [Fact]
    public async Task MissingSubset()
    {
        await mesh.ApplyAsync("nosubset", """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: nosubset }
            spec: { hosts: [nosubset], http: [{ route: [{ destination: { host: nosubset, subset: v9 } }] }] }
            """);
        CommandResult text = await mesh.NamesAsync("nosubset", "missing-subset", () => SendAsync("nosubset"));
        Assert.Contains("VirtualService default/nosubset", text.Output);
        Assert.Contains("subset v9", text.Output);
    }

    [Fact]
    public async Task PlaintextUnderStrict()
    {
        await mesh.ApplyAsync("strict", """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: { name: strict }
            spec: { selector: { matchLabels: { tulle.dev/service: strict } }, mtls: { mode: STRICT } }
            """);
        await using LoadClient outside = new($"http://{mesh.Replica("strict").Address}:80/");
        CommandResult text = await mesh.NamesAsync("strict", "plaintext-refused", () => outside.SendAsync(3, 1));
        Assert.Contains("PeerAuthentication default/strict", text.Output);
    }

    [Fact]
    public async Task PlaintextUnderStrict_AtAPublishedPort()
    {
        await using LoadClient outside = new($"http://127.0.0.1:{mesh.FrontPort}/");
        await outside.SendAsync(20, 1);
        CommandResult? stat = null;
        await Eventually.TrueAsync(
            async () => (stat = await mesh.Mesh.TulleAsync("stat", "svc/front", "-t", "2m")).Output.Contains("100.00%", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60), "what comes to the published port counts as the service's", () => $"{stat}");
        await mesh.ApplyAsync("front", """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: { name: front }
            spec: { selector: { matchLabels: { tulle.dev/service: front } }, mtls: { mode: STRICT } }
            """);
        CommandResult text = await mesh.NamesAsync("front", "plaintext-refused", () => outside.SendAsync(20, 1));
        Assert.Contains("PeerAuthentication default/front", text.Output);
    }

    [Fact]
    public async Task AppDown()
    {
        await File.WriteAllTextAsync(mesh.DownFlag, "");
        RunningProcess.SendTo(mesh.Replica("down").AppPid, Signal.Kill);
        CommandResult text = await mesh.NamesAsync("down", "app-down", () => SendAsync("down"));
        Assert.Contains("tulle logs down-", text.Output);
    }

    [Fact]
    public async Task BreakerOpen()
    {
        await mesh.ApplyAsync("breaker", """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: { name: breaker }
            spec: { host: breaker, trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 }, http: { http1MaxPendingRequests: 1 } } } }
            """);
        await using LoadClient load = mesh.Load("breaker", "/slow/50");
        CommandResult text = await mesh.NamesAsync("breaker", "breaker-open", () => load.SendAsync(40, 10), "maxConnections 1");
        Assert.Contains("maxConnections 1", text.Output);
    }

    [Fact]
    public async Task SlowUpstream()
    {
        await using LoadClient load = mesh.Load("slow", "/slow/1500");
        CommandResult text = await mesh.NamesAsync("slow", "slow-upstream", () => load.SendAsync(4, 4));
        Assert.Contains("the time is spent in the application", text.Output);
    }

    [Fact]
    public async Task ExpiredCertificate()
    {
        CommandResult text = await mesh.NamesAsync("expired", "certificate-expired", () => SendAsync("expired"));
        Assert.Contains("pod default/expired-", text.Output);
    }

    private async Task SendAsync(string service)
    {
        await using LoadClient load = mesh.Load(service);
        await load.SendAsync(5, 1);
    }
}
