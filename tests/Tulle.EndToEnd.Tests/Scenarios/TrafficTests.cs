using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Scenarios;

/// <summary>edges and routes agree with the count of whoever made the load.</summary>
public sealed class TrafficTests(EchoMesh echo)
{
    private const int Reads = 240;
    private const int Broken = 30;
    private const int Writes = 90;

    // A service of its own, so that what other scenarios send is counted elsewhere.
    private const string Service = "counted";

    private const string Objects = $$"""
        apiVersion: v1
        kind: Service
        metadata: { name: {{Service}} }
        spec: { selector: { app: user-service }, ports: [{ name: http, port: 80, targetPort: 80 }] }
        ---
        apiVersion: linkerd.io/v1alpha2
        kind: ServiceProfile
        metadata: { name: {{Service}}.default.svc.cluster.local }
        spec:
          routes:
            - { name: "GET /reads/{id}", condition: { method: GET, pathRegex: "/reads/[^/]*" } }

        """;

    [Fact]
    public async Task EdgesAndRoutes_KnownLoad_AgreeWithTheGenerator()
    {
        string file = echo.Mesh.Write("counted.yaml", Objects);
        CommandResult applied = await echo.Mesh.TulleAsync("apply", "-f", file);
        Assert.True(applied.ExitCode == 0, applied.ToString());
        try
        {
            await CountAsync();
        }
        finally
        {
            await echo.Mesh.TulleAsync("delete", "-f", file);
        }
    }

    private async Task CountAsync()
    {
        // The first answer comes when endpoints are known; it is counted too, as long as the mesh or the application answered.
        int probes = 0, failedProbes = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                await using LoadClient probe = echo.Load("/probe", Service);
                Sample sample = (await probe.SendAsync(1, connections: 1))[0];
                probes += sample.Status > 0 && sample.Error is null ? 1 : 0;
                failedProbes += sample.Error is null ? 0 : 1;
                return sample.Status == 200;
            },
            Eventually.Patience, "the new service is served", echo.Mesh.Show);

        await using LoadClient reads = echo.Load("/reads/7", Service), broken = echo.Load("/reads/8", Service), writes = echo.Load("/writes", Service);
        broken.Headers["x-behave"] = "status=500";
        await Task.WhenAll(reads.SendAsync(Reads, connections: 4), broken.SendAsync(Broken, connections: 2), writes.SendAsync(Writes, connections: 2));
        Assert.Equal(0, reads.Failures.Count + writes.Failures.Count);
        Assert.Equal(Broken, broken.Failures.Count);

        int all = Reads + Broken + Writes + probes;
        JsonObject[] edges = [];
        await Eventually.TrueAsync(
            async () =>
            {
                edges = [.. (await RowsAsync("edges")).Where(edge => edge["destination"]!["service"]?.GetValue<string>() == Service && edge["destination"]!["workload"] is not null)];
                return Requests(edges) >= all;
            },
            Eventually.Patience, "the last reports have arrived", () => Text(edges));
        Assert.Equal(all, Requests(edges));
        Assert.Equal(
            ["deployment/user-service-v1", "deployment/user-service-v2"], edges.Select(edge => edge["destination"]!["workload"]!.GetValue<string>()).Order());
        Assert.All(edges, edge =>
        {
            Assert.Equal("deployment/client", edge["source"]!["workload"]!.GetValue<string>());
            Assert.Equal(1.0, edge["mtls"]!.GetValue<double>());
            Assert.Equal("spiffe://cluster.local/ns/default/sa/client", edge["source"]!["identity"]!.GetValue<string>());
            Assert.StartsWith("spiffe://cluster.local/ns/default/sa/user-service-v", edge["destination"]!["identity"]!.GetValue<string>());
        });
        Assert.Equal(Broken, edges.Sum(edge => Math.Round((1 - edge["success"]!.GetValue<double>()) * edge["requests"]!.GetValue<long>())));

        JsonObject[] routes = await RowsAsync("routes", $"svc/{Service}");
        JsonObject named = Assert.Single(routes, route => route["route"]?.GetValue<string>() == "GET /reads/{id}");
        JsonObject other = Assert.Single(routes, route => route["route"] is null);
        Assert.Equal(Reads + Broken, named["requests"]!.GetValue<long>());
        Assert.Equal(Math.Round((double)Reads / (Reads + Broken), 6), named["success"]!.GetValue<double>());
        Assert.Equal(Writes + probes + failedProbes, other["requests"]!.GetValue<long>());

        string table = (await echo.Mesh.TulleAsync("edges", "--to", $"svc/{Service}", "-t", "5m")).Output;
        Assert.Matches(@"(?m)^client +user-service-v1 +counted +\d+\.\d+% .* yes$", table);
    }

    private async Task<JsonObject[]> RowsAsync(params string[] command)
    {
        CommandResult result = await echo.Mesh.TulleAsync([.. command, "-o", "json", "--time-window", "5m"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return [.. JsonNode.Parse(result.Output)!.AsArray().Select(row => row!.AsObject())];
    }

    private static long Requests(IEnumerable<JsonObject> rows) => rows.Sum(row => row["requests"]!.GetValue<long>());

    private static string Text(IEnumerable<JsonObject> rows) => string.Join('\n', rows.Select(row => row.ToJsonString()));
}
