using System.Net;
using Tulle.Local.Hosting;
using Tulle.Local.Supervision;
using Tulle.Testing;

namespace Tulle.Local.Tests.Hosting;

public sealed class PortHintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("OSError: [Errno 98] Address already in use")]
    [InlineData("Error: listen EADDRINUSE: address already in use 0.0.0.0:80")]
    public void OfEnded_LogSaysThatTheAddressIsInUse_NamesTheSidecar(string log)
    {
        string hint = PortHint.OfEnded(Model(_folder.Write("app.log", $"starting\n{log}\n")));
        Assert.Contains("the sidecar has 127.64.0.2:80", hint);
        Assert.Contains("$PORT", hint);
    }

    [Fact]
    public void OfEnded_OtherReason_SaysNothing() => Assert.Equal("", PortHint.OfEnded(Model(_folder.Write("app.log", "ImportError: no module named flask\n"))));

    [Fact]
    public void OfEnded_NoLog_SaysNothing() => Assert.Equal("", PortHint.OfEnded(Model(_folder.PathOf("missing.log"))));

    [Theory]
    [InlineData("2026-11-30T10:07:18.432Z error cannot listen on 127.0.0.1:18081: Address already in use", "another program has 127.0.0.1:18081 ('ss -ltnp' names it): end that, or publish another port in the Compose file")]
    [InlineData("2026-11-30T10:07:18.432Z error cannot listen on 127.64.0.2:80: Address already in use", "")]
    [InlineData("2026-11-30T10:07:18.432Z error cannot listen on 127.0.0.1:80: Permission denied", "")]
    public void OfSidecar_PublishedPortIsTaken_NamesIt(string log, string hint) => Assert.Equal(hint, PortHint.OfSidecar(_folder.Write("proxy.log", $"{log}\n")));

    [Fact]
    public void OfRunning_NotStarted_SaysNothing() => Assert.Equal("", PortHint.OfRunning(Model(""), null));

    private static ReplicaModel Model(string log)
    {
        var process = new ProcessConfig { Name = "app", Command = ["app"], Environment = new Dictionary<string, string>(), WorkingDirectory = "/", LogPath = log };
        return new ReplicaModel
        {
            Pod = "users-0", Namespace = "default", Service = "users", Address = IPAddress.Parse("127.64.0.2"), Ports = [new PortModel(80, 80, 20_000, null)],
            Labels = new Dictionary<string, string>(), App = process, Proxy = process, Manager = "tulle-local",
        };
    }
}
