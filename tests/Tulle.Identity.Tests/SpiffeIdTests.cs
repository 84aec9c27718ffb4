namespace Tulle.Identity.Tests;

public class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://cluster.local/ns/shop/sa/user-service", "cluster.local", "/ns/shop/sa/user-service")]
    [InlineData("spiffe://cluster.local", "cluster.local", "")]
    [InlineData("spiffe://a_b-c.9/X.y_z-0", "a_b-c.9", "/X.y_z-0")]
    [InlineData("spiffe://td/...", "td", "/...")]
    public void TryParse_Valid_KeepsPartsAndText(string text, string trustDomain, string path)
    {
        Assert.True(SpiffeId.TryParse(text, out SpiffeId? id, out _));
        Assert.Equal(trustDomain, id.TrustDomain);
        Assert.Equal(path, id.Path);
        Assert.Equal(text, id.ToString());
        Assert.Equal(SpiffeId.Parse(text), id);
    }

    [Theory]
    [InlineData("", "spiffe://")]
    [InlineData("http://td/x", "spiffe://")]
    [InlineData("SPIFFE://td/x", "spiffe://")]
    [InlineData("spiffe://", "trust domain is missing")]
    [InlineData("spiffe:///ns/x", "trust domain is missing")]
    [InlineData("spiffe://TD/x", "'T'")]
    [InlineData("spiffe://td:80/x", "':'")]
    [InlineData("spiffe://user@td/x", "'@'")]
    [InlineData("spiffe://td/", "ends with a slash")]
    [InlineData("spiffe://td/a/", "ends with a slash")]
    [InlineData("spiffe://td//a", "empty segment")]
    [InlineData("spiffe://td/a/../b", "dot segment")]
    [InlineData("spiffe://td/./b", "dot segment")]
    [InlineData("spiffe://td/a%20b", "'%'")]
    [InlineData("spiffe://td/a?b", "'?'")]
    [InlineData("spiffe://td/a#b", "'#'")]
    [InlineData("spiffe://td/ä", "'ä'")]
    public void TryParse_Invalid_SaysWhy(string text, string reason)
    {
        Assert.False(SpiffeId.TryParse(text, out SpiffeId? id, out string? error));
        Assert.Null(id);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => SpiffeId.Parse(text));
    }

    [Fact]
    public void TryParse_AtTheLimits_TakesThemAndNoMore()
    {
        string domain = new('d', SpiffeId.MaxTrustDomainLength);
        Assert.True(SpiffeId.TryParse($"spiffe://{domain}/x", out _));
        Assert.False(SpiffeId.TryParse($"spiffe://d{domain}/x", out _));

        string longest = "spiffe://td/" + new string('p', SpiffeId.MaxLength - "spiffe://td/".Length);
        Assert.True(SpiffeId.TryParse(longest, out _));
        Assert.False(SpiffeId.TryParse(longest + "p", out _, out string? error));
        Assert.True(error.Length < 256);
    }

    [Fact]
    public void TryGetServiceAccount_OnlyOfThatForm_Answers()
    {
        SpiffeId id = SpiffeId.ForServiceAccount("cluster.local", "shop", "user-service");
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/user-service", id.ToString());
        Assert.True(id.TryGetServiceAccount(out string? ns, out string? sa));
        Assert.Equal(("shop", "user-service"), (ns, sa));
        Assert.False(SpiffeId.Parse("spiffe://td/ns/shop").TryGetServiceAccount(out _, out _));
        Assert.Throws<FormatException>(() => SpiffeId.ForServiceAccount("td", "a/b", ""));
    }
}
