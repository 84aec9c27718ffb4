using System.Net;
using System.Net.Sockets;
using System.Text;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>Who comes into the dashboard, and who does not.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Link_RightToken_GivesACookieAndLeadsToThePageWithoutIt()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser stranger = Browser.Stranger(mesh);
        string token = mesh.ControlPlane.Dashboard!.Query["?token=".Length..];
        Assert.Equal(64, token.Length);
        using HttpResponseMessage answer = await stranger.SendAsync("GET", $"/services/default/users?window=5m&token={token}");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/services/default/users?window=5m", answer.Headers.Location!.OriginalString);
        string cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=strict", cookie);
        Assert.DoesNotContain(token, cookie);
        Assert.DoesNotContain("domain=", cookie);
    }

    [Fact]
    public async Task Link_ClickedOnAnotherSite_ContinuesFromThisOne()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser stranger = Browser.Stranger(mesh);
        (string, string)[] click = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        using HttpResponseMessage answer = await stranger.SendAsync("GET", stranger.Link.PathAndQuery, headers: click);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("content=\"0;url=/\"", await answer.Content.ReadAsStringAsync());
        Assert.NotEmpty(answer.Headers.GetValues("Set-Cookie"));
        using HttpResponseMessage deep = await stranger.SendAsync("GET", "/traces?id=%22%3E%3Cscript%3E", headers: click);
        string page = await deep.Content.ReadAsStringAsync();
        Assert.Contains("content=\"0;url=/traces?id=", page);
        Assert.DoesNotContain("<script", page);
    }

    [Theory]
    [InlineData("/?token=wrong")]
    [InlineData("/?token=")]
    [InlineData("/")]
    [InlineData("/services/default/users")]
    [InlineData("/assets/index-1234.js")]
    public async Task Page_WithoutSession_SaysWhatToRun(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser stranger = Browser.Stranger(mesh);
        using HttpResponseMessage answer = await stranger.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("tulle dashboard", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/api/session")]
    [InlineData("/api/insight/stat/deployments")]
    [InlineData("/api/stream?q=stat%2Fdeployments")]
    [InlineData("/api/kubernetes/api/v1/pods")]
    [InlineData("/api/session?token=TOKEN")]
    public async Task Api_WithoutSession_IsRefused(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser stranger = Browser.Stranger(mesh);
        using HttpResponseMessage answer = await stranger.SendAsync("GET", path.Replace("TOKEN", stranger.Link.Query["?token=".Length..], StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Cookie_OfAnotherToken_IsRefused()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser stranger = Browser.Stranger(mesh);
        string other = new DashboardToken(DashboardToken.New()).Cookie;
        foreach (string value in (string[])[other, stranger.Link.Query["?token=".Length..], ""])
        {
            using HttpResponseMessage answer = await stranger.SendAsync("GET", "/api/session", headers: ("Cookie", $"tulle-dashboard-{stranger.Link.Port}={value}"));
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("//evil.example/?token=TOKEN")]
    [InlineData("/\\evil.example/?token=TOKEN")]
    [InlineData("/%2f%2fevil.example?token=TOKEN")]
    [InlineData("/%5Cevil.example?token=TOKEN")]
    public async Task Link_PathThatNamesAnotherHost_StaysHere(string target)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        Uri link = mesh.ControlPlane.Dashboard!;
        string answer = await RawAsync(link, target.Replace("TOKEN", link.Query["?token=".Length..], StringComparison.Ordinal), link.Authority);
        if (answer.StartsWith("HTTP/1.1 400", StringComparison.Ordinal)) return;
        string location = answer.Split("Location: ")[1].Split('\r')[0];
        Assert.Equal(link.Authority, new Uri(link, location).Authority);
        Assert.DoesNotContain('\\', location);
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("localhost", true)]
    [InlineData("localhost:8084", true)]
    [InlineData("127.0.0.1:1", true)]
    [InlineData("[::1]:8084", true)]
    public async Task Host_OfSomebodyElse_IsMisdirected(string host, bool served)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        string answer = await RawAsync(browser.Link, "/api/session", host, $"Cookie: {browser.Cookie}\r\n");
        Assert.StartsWith(served ? "HTTP/1.1 200" : "HTTP/1.1 421", answer);
    }

    [Theory]
    [InlineData("GET", "", "", 200)]
    [InlineData("GET", "", "same-origin", 200)]
    [InlineData("GET", "", "none", 200)]
    [InlineData("GET", "", "same-site", 403)]
    [InlineData("GET", "", "cross-site", 403)]
    [InlineData("GET", "http://127.0.0.1:1", "", 403)]
    [InlineData("GET", "null", "", 403)]
    [InlineData("PUT", "", "", 403)]
    [InlineData("PUT", "", "same-origin", 403)]
    [InlineData("PUT", "OWN", "cross-site", 403)]
    [InlineData("PUT", "OWN", "same-site", 403)]
    [InlineData("PUT", "http://evil.example", "same-origin", 403)]
    [InlineData("PUT", "null", "", 403)]
    [InlineData("PUT", "OWN", "", 404)]
    [InlineData("PUT", "OWN", "same-origin", 404)]
    public async Task Api_ByOrigin_AnswersItsOwnPageOnly(string method, string origin, string site, int status)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        string path = method == "GET" ? "/api/session" : "/api/kubernetes/apis/networking.istio.io/v1/namespaces/default/virtualservices/none";
        string own = browser.Link.GetLeftPart(UriPartial.Authority);
        using HttpResponseMessage answer = await browser.SendAsync(
            method, path, method == "GET" ? null : """{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"none"},"spec":{"hosts":["none"],"http":[{"route":[{"destination":{"host":"none"}}]}]}}""",
            headers: [("Origin", origin == "OWN" ? own : origin), ("Sec-Fetch-Site", site)]);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?token=wrong")]
    [InlineData("/api/session")]
    [InlineData("/api/nothing")]
    public async Task Answer_Always_HasTheHeadersThatConfineIt(string path)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", path);
        string Header(string name) => string.Join(", ", answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values : []);
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.Equal("require-corp", Header("Cross-Origin-Embedder-Policy"));
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"));
        Assert.Empty(Header("Access-Control-Allow-Origin"));
        Assert.Empty(Header("Server"));
    }

    [Fact]
    public async Task Listen_BeyondLoopback_IsRefused()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => mesh.StartControlPlaneAsync(options => options with { Listen = new IPEndPoint(IPAddress.Any, 0) }));
    }

    /// <summary>A request line that no HTTP client would send.</summary>
    internal static async Task<string> RawAsync(Uri server, string target, string host, string headers = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TestMesh.Patience);
    }
}
