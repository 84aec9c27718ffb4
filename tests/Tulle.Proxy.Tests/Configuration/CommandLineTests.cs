using System.Net;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Tests.Configuration;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_SidecarOfTheMesh_ReadsEverything()
    {
        ProxyConfig config = Run(
            "--control-plane https://127.0.0.1:15010 --control-plane-identity spiffe://td/ns/x/sa/y --trust-anchors a.pem --token t "
            + "--outbound 127.64.0.3:15001 --outbound=[::1]:15001 --inbound 127.64.0.3:8080=127.0.0.1:41234 --upstream 127.0.0.1:9001=User-Service "
            + "--admin 127.64.0.3:15020 --loops 3 --drain-timeout 1.5s --discovery-timeout 250ms --connect-timeout 2m --log-level debug");
        Assert.Equal("127.0.0.1:15010", config.ControlPlane!.Authority);
        Assert.Equal("spiffe://td/ns/x/sa/y", config.ControlPlaneIdentity.ToString());
        Assert.Equal(("a.pem", "t"), (config.TrustAnchorsFile, config.TokenFile));
        Assert.Equal(["127.64.0.3:15001", "[::1]:15001"], config.Outbound.Select(o => o.ToString()));
        Assert.Equal((IPEndPoint.Parse("127.64.0.3:8080"), IPEndPoint.Parse("127.0.0.1:41234")), (config.Inbound[0].Listen, config.Inbound[0].Application));
        Assert.Equal("user-service:80", config.Upstreams[0].Authority);
        Assert.Equal("127.64.0.3:15020", config.Admin!.ToString());
        Assert.Equal(3, config.Loops);
        Assert.Equal((1.5, 0.25, 120), (config.DrainTimeout.TotalSeconds, config.DiscoveryTimeout.TotalSeconds, config.ConnectTimeout.TotalSeconds));
        Assert.Equal(LogLevel.Debug, config.LogLevel);
    }

    [Fact]
    public void Parse_Defaults_AreThoseOfTheHelp()
    {
        ProxyConfig config = Run("--outbound 127.0.0.1:0", cores: 7);
        Assert.True(config.IsStandalone);
        Assert.Equal(7, config.Loops);
        Assert.Equal((10, 3, 1), (config.DrainTimeout.TotalSeconds, config.DiscoveryTimeout.TotalSeconds, config.ConnectTimeout.TotalSeconds));
        Assert.Equal("spiffe://cluster.local/ns/tulle-system/sa/tulle-control-plane", config.ControlPlaneIdentity.ToString());
        Assert.Equal(LogLevel.Info, config.LogLevel);
    }

    [Fact]
    public void Parse_Tracing_ReadsSharesAndLimits()
    {
        Assert.Equal(new TracingConfig(), Run("--outbound 127.0.0.1:0").Tracing);
        Assert.Equal((10_000u, 1.0, 1_000, 100), (new TracingConfig().SamplingPpm, new TracingConfig().Slow.TotalSeconds, new TracingConfig().SpansPerSecond, new TracingConfig().FailuresPerSecond));
        TracingConfig tracing = Run("--outbound 127.0.0.1:0 --trace-sampling 12.5 --trace-slow 300ms --trace-spans 50").Tracing!;
        Assert.Equal((125_000u, 0.3, 50), (tracing.SamplingPpm, tracing.Slow.TotalSeconds, tracing.SpansPerSecond));
        Assert.Null(Run("--outbound 127.0.0.1:0 --trace-sampling off").Tracing);
    }

    [Theory]
    [InlineData("--trace-sampling 101", "a percentage from 0 to 100")]
    [InlineData("--trace-sampling -1", "a percentage from 0 to 100")]
    [InlineData("--trace-slow fast", "a duration")]
    [InlineData("--trace-spans 0", "a whole number from 1 to 100000")]
    [InlineData("", "no port to serve")]
    [InlineData("x", "'x' is not a flag")]
    [InlineData("--outbond 127.0.0.1:1", "did you mean --outbound?")]
    [InlineData("--whatever", "see --help")]
    [InlineData("--outbound", "--outbound needs a value: --outbound ADDR:PORT")]
    [InlineData("--outbound --admin 127.0.0.1:1", "--outbound needs a value")]
    [InlineData("--admin=", "--admin needs a value")]
    [InlineData("--admin 127.0.0.1:1 --admin 127.0.0.1:2", "--admin is given twice")]
    [InlineData("--admin 0.0.0.0:1", "must be on a loopback address")]
    [InlineData("--admin 10.0.0.1:1", "must be on a loopback address")]
    [InlineData("--outbound localhost:80", "an IP address and a port")]
    [InlineData("--outbound 127.0.0.1", "an IP address and a port")]
    [InlineData("--outbound ::1:80", "an IP address and a port")]
    [InlineData("--outbound 80:80", "an IP address and a port")]
    [InlineData("--outbound 127.0.0.1:70000", "an IP address and a port")]
    [InlineData("--inbound 127.0.0.1:1", "LISTEN=APP")]
    [InlineData("--inbound 127.0.0.1:1=2", "after the '='")]
    [InlineData("--inbound 1=127.0.0.1:2", "before the '='")]
    [InlineData("--inbound 127.0.0.1:5=127.0.0.1:5", "connect to itself")]
    [InlineData("--inbound 127.0.0.1:5=127.0.0.1:0", "cannot be 0")]
    [InlineData("--upstream 127.0.0.1:5=a_b:x", "a host name")]
    [InlineData("--upstream 127.0.0.1:5=http://a", "a host name")]
    [InlineData("--upstream 127.0.0.1:5", "LISTEN=AUTHORITY")]
    [InlineData("--loops 0", "from 1 to 256")]
    [InlineData("--loops two", "from 1 to 256")]
    [InlineData("--drain-timeout 10", "a duration")]
    [InlineData("--drain-timeout 25h", "a duration")]
    [InlineData("--drain-timeout s", "a duration")]
    [InlineData("--log-level loud", "debug, info, warn and error")]
    [InlineData("--control-plane http://x", "over TLS")]
    [InlineData("--control-plane x:1", "an address such as https://")]
    [InlineData("--control-plane https://x/y", "more than a host and a port")]
    [InlineData("--control-plane-identity me", "not a SPIFFE ID")]
    public void Parse_Mistake_IsOneClearSentence(string arguments, string expected)
    {
        CommandLineResult result = Parse(arguments);
        Assert.Equal(CommandLineAction.Refuse, result.Action);
        string error = Assert.Single(result.Errors);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Matches("[.?]$", error);
    }

    [Theory]
    [InlineData("--control-plane https://x:1 --trust-anchors a", "needs --token")]
    [InlineData("--control-plane https://x:1 --token a", "needs --trust-anchors")]
    [InlineData("--control-plane https://x:1 --token a --trust-anchors b --destinations c", "--destinations is for a proxy without a control plane")]
    [InlineData("--token a", "means nothing without --control-plane")]
    [InlineData("--certificate a --trust-anchors b", "belong together")]
    [InlineData("--certificate a --key b", "needs --trust-anchors")]
    [InlineData("--trust-anchors a", "needs --certificate and --key")]
    [InlineData("--admin 127.0.0.1:15001", "127.0.0.1:15001 is to be listened on 2 times")]
    public void Parse_Contradiction_IsOneClearSentence(string arguments, string expected)
        => Assert.Contains(expected, Assert.Single(Parse("--outbound 127.0.0.1:15001 " + arguments).Errors), StringComparison.Ordinal);

    [Fact]
    public void Parse_ManyMistakes_AreAllReported() => Assert.Equal(3, Parse("--loops 0 --nonsense 1 --admin 1.2.3.4:5").Errors.Count);

    [Fact]
    public void Parse_HelpAndVersion_WinOverMistakes()
    {
        Assert.Equal(CommandLineAction.ShowHelp, Parse("--loops 0 --help").Action);
        Assert.Equal(CommandLineAction.ShowVersion, Parse("--version").Action);
    }

    [Fact]
    public void Help_EveryFlag_IsInIt()
    {
        string help = HelpText.Create();
        Assert.All(Flags.All, flag => Assert.Contains($"  {flag.Name} {flag.Value} ", help, StringComparison.Ordinal));
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 132, line));
        Assert.Contains("Exit codes:", help, StringComparison.Ordinal);
        Assert.Contains("Examples:", help, StringComparison.Ordinal);
    }

    private static CommandLineResult Parse(string arguments, int cores = 2)
        => CommandLine.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), cores);

    private static ProxyConfig Run(string arguments, int cores = 2)
    {
        CommandLineResult result = Parse(arguments, cores);
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
