using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Tests.Compilation;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("users", "shop", "users")]
    [InlineData("users.other", "other", "users")]
    [InlineData("users.other.svc", "other", "users")]
    [InlineData("users.other.svc.cluster.local", "other", "users")]
    public void Service_KnownForms_AreRead(string host, string @namespace, string name) =>
        Assert.Equal(new ObjectKey(@namespace, name), HostNames.Service(host, "shop", "cluster.local"));

    [Theory]
    [InlineData("")]
    [InlineData(".other")]
    [InlineData("users.")]
    [InlineData("a.b.c")]
    [InlineData("users.svc.cluster.local")]
    [InlineData("a.users.other.svc.cluster.local")]
    public void Service_OtherForms_AreNone(string host) => Assert.Null(HostNames.Service(host, "shop", "cluster.local"));

    [Theory]
    [InlineData("a.foo.com", "a.foo.com", int.MaxValue)]
    [InlineData("*.foo.com", "a.b.foo.com", 8)]
    [InlineData("*.foo.com", "foo.com", -1)]
    [InlineData("*", "anything", 0)]
    [InlineData("a.foo.com", "b.foo.com", -1)]
    public void Specificity_Pattern_IsIstios(string pattern, string host, int expected) =>
        Assert.Equal(expected, HostNames.Specificity(pattern, host));

    [Theory]
    [InlineData("[fd00::1]:8080", "fd00::1", 8080)]
    [InlineData("fd00::1", "fd00::1", 80)]
    [InlineData("Users.Shop.:81", "users.shop", 81)]
    public void TryParse_Authority_IsTakenApart(string text, string host, int port)
    {
        Assert.True(RequestAuthority.TryParse(text, out RequestAuthority authority));
        Assert.Equal((host, port), (authority.Host, authority.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:b")]
    [InlineData("[]")]
    [InlineData("[:80")]
    public void TryParse_NoAuthority_IsRefused(string text) => Assert.False(RequestAuthority.TryParse(text, out _));
}
