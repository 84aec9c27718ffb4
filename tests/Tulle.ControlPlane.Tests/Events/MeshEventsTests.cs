using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Grpc.Core;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.ControlPlane.Tests.Insight;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Events;

/// <summary>What <c>kubectl get events</c> tells of the mesh.</summary>
public sealed partial class MeshEventsTests
{
    private static readonly ResourcePath Events = ResourcePath.Of("", "v1", "events", "default");

    [Fact]
    public async Task Configuration_Refused_IsAnEventThatCounts()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        await stream.NextAsync();
        await stream.AcknowledgeAsync("inbound", 1, "no such thing");
        await stream.AcknowledgeAsync("inbound", 2, "no such thing");
        JsonObject found = await FindAsync(mesh, "ConfigurationRefused", found => found["count"]!.GetValue<int>() == 2);
        Assert.Equal(("Pod", "users-0", "Warning"), (found["involvedObject"].Text("kind"), found["involvedObject"].Text("name"), found.Text("type")));
        Assert.Contains("no such thing", found.Text("message"));
        Assert.NotEmpty(found["involvedObject"].Text("uid")!);
    }

    [Fact]
    public async Task Endpoint_Ejected_IsOneEventOfItsPod()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(Ejected(1_000));
        // Said again with new counters, it is still the same ejection; the next one is another.
        await reports.SendAsync(Ejected(1_000));
        await reports.SendAsync(Ejected(0));
        await reports.SendAsync(Ejected(2_000));
        JsonObject found = await FindAsync(mesh, "EndpointEjected", found => found["count"]!.GetValue<int>() == 2);
        Assert.Equal("users-0", found["involvedObject"].Text("name"));
        Assert.Equal("deployment/web sends no requests to 127.64.0.2:8080 for a while: 5 consecutive 5xx responses", found.Text("message"));
    }

    [Fact]
    public async Task Certificate_NotObtained_IsAnEvent()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(new HealthReport { Certificate = new ProxyCertificate { LastError = "no route to host" } });
        Assert.Contains("no route to host", (await FindAsync(mesh, "CertificateFailed", _ => true)).Text("message"));
        await Assert.ThrowsAsync<RpcException>(async () => await proxy.Authority.CertifyAsync(new CertifyRequest(), proxy.Headers));
        Assert.Contains("PKCS#10", (await FindAsync(mesh, "CertificateRefused", _ => true)).Text("message"));
    }

    [Fact]
    public void Reference_HasEveryReason()
    {
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "events.md"));
        string[] folders = [RepositoryFolder.PathOf("src", "Tulle.ControlPlane", "Events"), RepositoryFolder.PathOf("src", "Tulle.Local", "Hosting")];
        string[] reasons = [.. folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs")).SelectMany(file => Reason().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups.Values.Skip(1)).Where(group => group.Success).Select(group => group.Value).Distinct()];
        Assert.True(reasons.Length >= 9, string.Join(", ", reasons));
        Assert.All(reasons, reason => Assert.Contains($"| `{reason}` |", page));
    }

    [GeneratedRegex(@"(?:recorder|_reporter)\.(?:Normal|Warning)\((?:Subject\(pod\), |adopted \? ""(\w+)"" : )?""(\w+)""")]
    private static partial Regex Reason();

    private static HealthReport Ejected(long until) => new()
    {
        Backends =
        {
            new BackendReport
            {
                Name = "users.default:80",
                Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
                Endpoints = { new EndpointReport { Address = "127.64.0.2:8080", EjectedUntilUnixMs = until, EjectedBecause = until > 0 ? "5 consecutive 5xx responses" : "" } },
            },
        },
    };

    private static async Task<JsonObject> FindAsync(TestMesh mesh, string reason, Func<JsonObject, bool> wanted)
    {
        JsonObject? found = null;
        await Eventually.TrueAsync(
            async () =>
            {
                found = (await mesh.Client.ListAsync(Events)).Items.FirstOrDefault(item => item.Text("reason") == reason);
                return found is not null && wanted(found);
            },
            TestMesh.Patience, $"there is an event {reason}", () => found?.ToJsonString() ?? "none");
        return found!;
    }
}
