using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class ValueSyntaxTests
{
    [Theory]
    [InlineData("1h", 3600_000)]
    [InlineData("300ms", 300)]
    [InlineData("1m30s", 90_000)]
    [InlineData("0.5s", 500)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1.5h", 5_400_000)]
    public void Durations_GoStyle_AreRead(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1d")]
    [InlineData("s")]
    [InlineData("1s1")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999h")]
    public void Durations_Others_AreNot(string text)
    {
        Assert.False(Durations.TryParse(text, out _));
    }

    [Theory]
    [InlineData("1", 1000L)]
    [InlineData("500m", 500L)]
    [InlineData("0.1", 100L)]
    [InlineData("1Ki", 1024_000L)]
    [InlineData("1e3", 1_000_000L)]
    [InlineData("1n", 1L)]
    [InlineData("-1", -1000L)]
    [InlineData("x", null)]
    [InlineData("", null)]
    [InlineData("9E", null)]
    public void Quantities_Thousandths_RoundUp(string text, long? expected)
    {
        Assert.Equal(expected, Quantities.Thousandths(text));
    }

    [Theory]
    [InlineData("users", "shop", "shop/users")]
    [InlineData("users.billing", "shop", "billing/users")]
    [InlineData("users.billing.svc", "shop", "billing/users")]
    [InlineData("users.billing.svc.cluster.local", "shop", "billing/users")]
    [InlineData("users.billing.svc.cluster.local.", "shop", "billing/users")]
    [InlineData("users.billing.svc.example.com", "shop", null)]
    [InlineData("api.example.com", "shop", null)]
    [InlineData("*.shop.svc.cluster.local", "shop", null)]
    public void Hosts_Service_ResolvesTheForms(string host, string from, string? expected)
    {
        (string Namespace, string Name)? service = Hosts.Service(host, from);
        Assert.Equal(expected, service is { } found ? $"{found.Namespace}/{found.Name}" : null);
    }

    [Theory]
    [InlineData("*.foo.com", "a.foo.com", true)]
    [InlineData("*.foo.com", "a.b.foo.com", true)]
    [InlineData("*.foo.com", "foo.com", false)]
    [InlineData("*", "x", true)]
    [InlineData("A.com", "a.COM", true)]
    public void Hosts_Covers_AsIstioDoes(string pattern, string host, bool expected)
    {
        Assert.Equal(expected, Hosts.Covers(pattern, host));
    }

    [Fact]
    public void SnakeCase_BothWays()
    {
        Assert.Equal("http1_max_pending_requests", SnakeCase.Of("http1MaxPendingRequests"));
        Assert.Equal("http1MaxPendingRequests", SnakeCase.ToCamel("http1_max_pending_requests"));
        Assert.Equal("_a", SnakeCase.ToCamel("_a"));
    }
}
