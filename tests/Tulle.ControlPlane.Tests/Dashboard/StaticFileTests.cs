using System.Net;
using System.Text;
using Tulle.ControlPlane.Dashboard.Files;
using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>The dashboard's own files.</summary>
public sealed class StaticFileTests
{
    private static readonly DashboardFiles Files = new(new Dictionary<string, string>
    {
        ["index.html"] = "<!doctype html>page",
        ["assets/index-1a2b.js"] = "script",
        ["assets/index-1a2b.js.br"] = "brotli",
        ["assets/index-1a2b.js.gz"] = "gzip",
        ["favicon.svg"] = "<svg/>",
        ["notes.secret"] = "of no known type",
    }.ToDictionary(file => file.Key, Func<Stream> (file) => () => new MemoryStream(Encoding.UTF8.GetBytes(file.Value))));

    [Theory]
    [InlineData("/", "<!doctype html>page", "text/html; charset=utf-8")]
    [InlineData("/services/default/users", "<!doctype html>page", "text/html; charset=utf-8")]
    [InlineData("/favicon.svg", "<svg/>", "image/svg+xml")]
    [InlineData("/assets/index-1a2b.js", "script", "text/javascript; charset=utf-8")]
    public async Task Get_File_IsServedWithItsType(string path, string content, string type)
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Files = Files });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", path);
        Assert.Equal(content, await answer.Content.ReadAsStringAsync());
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br", "brotli")]
    [InlineData("gzip", "gzip", "gzip")]
    [InlineData("gzip, br;q=0", "gzip", "gzip")]
    [InlineData("identity", "", "script")]
    public async Task Get_AcceptEncoding_ChoosesTheForm(string accepted, string encoding, string content)
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Files = Files });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", "/assets/index-1a2b.js", headers: ("Accept-Encoding", accepted));
        Assert.Equal(encoding, string.Join(",", answer.Content.Headers.ContentEncoding));
        Assert.Equal(content, await answer.Content.ReadAsStringAsync());
        Assert.Equal("Accept-Encoding", string.Join(",", answer.Headers.Vary));
    }

    [Fact]
    public async Task Get_Caching_DependsOnTheName()
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Files = Files });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage asset = await browser.SendAsync("GET", "/assets/index-1a2b.js");
        Assert.Contains("immutable", asset.Headers.GetValues("Cache-Control").Single());
        using HttpResponseMessage page = await browser.SendAsync("GET", "/");
        Assert.Contains("no-cache", page.Headers.GetValues("Cache-Control").Single());
        using HttpResponseMessage again = await browser.SendAsync("GET", "/", headers: ("If-None-Match", page.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/assets/missing.js", 404)]
    [InlineData("GET", "/notes.secret", 404)]
    [InlineData("GET", "/assets/index-1a2b.js.br", 404)]
    [InlineData("POST", "/", 405)]
    [InlineData("HEAD", "/", 200)]
    public async Task Request_NoFile_IsAnError(string method, string path, int status)
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Files = Files });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync(method, path);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Get_NotBuilt_SaysWhatToRun()
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Files = new DashboardFiles(new Dictionary<string, Func<Stream>>()) });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", "/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("scripts/build.sh", await answer.Content.ReadAsStringAsync());
    }
}
