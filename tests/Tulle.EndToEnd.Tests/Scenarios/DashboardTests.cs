using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>The link of the dashboard, from the real executable to curl.</summary>
public sealed class DashboardTests(EchoMesh echo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Link_OpensTheDashboard_ForWhoeverHasIt()
    {
        using var folder = new TemporaryFolder();
        string jar = folder.PathOf("jar");
        Uri link = await LinkAsync(echo.Mesh);
        string address = link.GetLeftPart(UriPartial.Authority);
        Assert.Equal("401", await StatusAsync($"{address}/"));
        Assert.Equal("401", await StatusAsync($"{address}/api/session"));
        Assert.Equal("401", await StatusAsync($"{address}/?token=0000"));
        Assert.Equal("303", await StatusAsync(link.ToString(), "-c", jar));
        Assert.Equal("200", await StatusAsync($"{address}/api/session", "-b", jar));
        Assert.Equal("421", await StatusAsync($"{address}/api/session", "-b", jar, "-H", "Host: evil.example"));
        Assert.Equal("403", await StatusAsync($"{address}/api/session", "-b", jar, "-H", "Origin: http://evil.example"));
        Assert.Equal("403", await StatusAsync($"{address}/api/kubernetes/api/v1/namespaces/tulle-system/secrets", "-b", jar));

        JsonNode stat = JsonNode.Parse(await CurlAsync($"{address}/api/insight/namespaces/default/stat/deployments", "-b", jar))!;
        Assert.Contains(stat["items"]!.AsArray(), row => row!["name"]!.GetValue<string>() == "user-service-v1");
        // The stream sends at once; curl gives up on it after five seconds, and what came until then is looked at.
        string events = await CurlAsync($"{address}/api/stream?q=proxies", "-b", jar, "-N", "--max-time", "5");
        Assert.Contains("event: update\ndata: {\"q\":0,\"body\":{\"items\":[", events);
    }

    [Fact]
    public async Task Token_IsKeptPrivately_AndInNoLog()
    {
        Uri link = await LinkAsync(echo.Mesh);
        string file = Path.Combine(echo.Mesh.Home, "dashboard");
        Assert.Equal(link.ToString(), (await File.ReadAllTextAsync(file)).Trim());
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        string token = link.Query["?token=".Length..];
        foreach (string log in Directory.EnumerateFiles(Path.Combine(echo.Mesh.Home, "logs"))) Assert.DoesNotContain(token, await File.ReadAllTextAsync(log));
    }

    [Fact]
    public async Task Token_NewMesh_IsAnother()
    {
        await using var mesh = new MeshProcess($"""
            services:
              solo:
                command: python3 {EchoMesh.App}
                ports: ["80"]

            """);
        await mesh.StartAsync();
        Uri first = await LinkAsync(mesh);
        Assert.Equal(0, await mesh.StopAsync());
        CommandResult without = await mesh.TulleAsync("dashboard");
        Assert.Equal(3, without.ExitCode);
        await mesh.StartAsync();
        Uri second = await LinkAsync(mesh);
        Assert.Equal(first.Authority, second.Authority);
        Assert.NotEqual(first.Query, second.Query);
        Assert.Equal("401", await StatusAsync(first.ToString()));
    }

    private static async Task<Uri> LinkAsync(MeshProcess mesh)
    {
        CommandResult link = await mesh.TulleAsync("dashboard", "--show", "url");
        Assert.True(link.ExitCode == 0, link.ToString());
        return new Uri(link.Output.Trim());
    }

    private static async Task<string> StatusAsync(string url, params string[] options) => await CurlAsync(url, ["-o", "/dev/null", "-w", "%{http_code}", .. options]);

    private static async Task<string> CurlAsync(string url, params string[] options) =>
        (await RunningProcess.RunAsync("curl", ["-s", "--noproxy", "*", .. options, url], Patience)).Output;
}
