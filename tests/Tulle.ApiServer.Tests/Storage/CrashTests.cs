using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Storage;

public sealed class CrashTests
{
    [Fact]
    public async Task Kill_UnderWriteLoad_KeepsEverythingAcknowledged()
    {
        using var folder = new TemporaryFolder();
        string database = Path.Combine(folder.Path, "mesh.db");
        var acknowledged = new ConcurrentDictionary<string, string>();
        for (int round = 0; round < 3; round++)
        {
            (Process child, HttpClient client) = await StartChildAsync(database);
            using (child)
            using (client)
            {
                if (round > 0) await CheckAsync(client, acknowledged);
                Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => WriteUntilDeadAsync(client, $"r{round}w{writer}", acknowledged))];
                int before = acknowledged.Count;
                while (acknowledged.Count < before + 100) await Task.Yield();
                child.Kill();
                await child.WaitForExitAsync();
                await Task.WhenAll(writers);
            }
        }
        (Process last, HttpClient reader) = await StartChildAsync(database);
        using (last)
        using (reader)
        {
            await CheckAsync(reader, acknowledged);
            last.Kill();
            await last.WaitForExitAsync();
        }
    }

    private static async Task<(Process, HttpClient)> StartChildAsync(string database)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        info.Environment[CrashChild.Variable] = database;
        Process child = Process.Start(info)!;
        string url = await child.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the server did not start");
        string authority = Encoding.ASCII.GetString(Convert.FromBase64String((await child.StandardOutput.ReadLineAsync())!));
        return (child, ApiHost.Connect(url, authority, ApiHost.AdminToken));
    }

    private static async Task WriteUntilDeadAsync(HttpClient client, string prefix, ConcurrentDictionary<string, string> acknowledged)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                string name = $"{prefix}-{i}";
                using var body = new StringContent(Samples.ConfigMap(name), Encoding.UTF8, "application/json");
                using HttpResponseMessage response = await client.PostAsync(Samples.ConfigMaps, body);
                if (response.StatusCode != HttpStatusCode.Created) return;
                var created = (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                acknowledged[name] = created["metadata"]!["resourceVersion"]!.GetValue<string>();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Killed, as it should be.
        }
    }

    private static async Task CheckAsync(HttpClient client, IReadOnlyDictionary<string, string> acknowledged)
    {
        var list = (JsonObject)JsonNode.Parse(await client.GetStringAsync(Samples.ConfigMaps))!;
        Dictionary<string, string> found = list["items"]!.AsArray().ToDictionary(
            item => item!["metadata"]!["name"]!.GetValue<string>(), item => item!["metadata"]!["resourceVersion"]!.GetValue<string>());
        foreach ((string name, string version) in acknowledged) Assert.Equal(version, found.GetValueOrDefault(name));
        Assert.Equal(found.Count, found.Values.Distinct().Count());
    }
}
