using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Routing.Actions;

namespace Tulle.Proxy.Tests.Routing.Actions;

public sealed class RedirectModelTests
{
    // redirect as "field=value …"; target and host of the request; what Location says.
    [Theory]
    [InlineData("authority=new", "/a?b=c", "users", "http://new/a?b=c")]
    [InlineData("authority=new:8080", "/a", "users", "http://new:8080/a")]
    [InlineData("scheme=https", "/a", "users", "https://users/a")]
    [InlineData("scheme=https", "/a", "users:80", "https://users/a")]
    [InlineData("scheme=https", "/a", "users:8080", "https://users:8080/a")]
    [InlineData("scheme=https port=443", "/a", "users:8080", "https://users/a")]
    [InlineData("scheme=https port=8443", "/a", "users", "https://users:8443/a")]
    [InlineData("port=80", "/a", "users:8080", "http://users/a")]
    [InlineData("port=8080", "/a", "users", "http://users:8080/a")]
    [InlineData("derive", "/a", "users:8080", "http://users/a")]
    [InlineData("authority=new:80", "/a", "users", "http://new/a")]
    [InlineData("full=/x", "/a/b?c=d", "users", "http://users/x?c=d")]
    [InlineData("full=/x?y=z", "/a/b?c=d", "users", "http://users/x?y=z")]
    [InlineData("prefix=/new matched=/old", "/old/b?c=d", "users", "http://users/new/b?c=d")]
    [InlineData("prefix=/new/ matched=/old/", "/old/b", "users", "http://users/new/b")]
    [InlineData("prefix=/ matched=/old", "/old", "users", "http://users/")]
    [InlineData("authority=[::1]:8080", "/", "users", "http://[::1]:8080/")]
    [InlineData("scheme=https", "/", "[::1]", "https://[::1]/")]
    public void TryWriteLocation_OfRequest_FollowsTheRules(string redirect, string target, string host, string expected)
    {
        (RedirectModel? model, string? error) = RedirectModel.Compile(Parse(redirect));
        Assert.Null(error);
        var request = new TestRequest($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var location = new byte[512];

        Assert.True(model!.TryWriteLocation(request.View, location, out int written));

        Assert.Equal(expected, Encoding.ASCII.GetString(location, 0, written));
        Assert.Equal(301, model.Status);
    }

    [Theory]
    [InlineData(302, "", "", null)]
    [InlineData(304, "", "", "status 304")]
    [InlineData(301, "ftp", "", "neither http nor https")]
    [InlineData(301, "", "a b", "not a host")]
    public void Compile_Values_AreChecked(uint status, string scheme, string authority, string? expected)
    {
        string? error = RedirectModel.Compile(new Redirect { Status = status, Scheme = scheme, Authority = authority }).Error;
        if (expected is null) Assert.Null(error);
        else Assert.Contains(expected, error);
    }

    private static Redirect Parse(string text)
    {
        var redirect = new Redirect();
        foreach (string[] pair in text.Split(' ').Select(part => part.Split('=', 2)))
        {
            switch (pair[0])
            {
                case "authority": redirect.Authority = pair[1]; break;
                case "scheme": redirect.Scheme = pair[1]; break;
                case "port": redirect.Port = uint.Parse(pair[1]); break;
                case "derive": redirect.PortFromScheme = true; break;
                case "full": redirect.Full = pair[1]; break;
                case "prefix": redirect.Prefix = pair[1]; break;
                case "matched": redirect.MatchedPrefix = pair[1]; break;
            }
        }
        return redirect;
    }
}
