using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>Requests to a mesh's dashboard, with the cookie of its link and as a page of it would send them.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _origin;

    private Browser(Uri link, string cookie)
    {
        Link = link;
        Cookie = cookie;
        _origin = link.GetLeftPart(UriPartial.Authority);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = link, Timeout = TestMesh.Patience };
    }

    public Uri Link { get; }

    /// <summary>As in a <c>Cookie</c> header.</summary>
    public string Cookie { get; }

    /// <summary>Opens the link.</summary>
    public static async Task<Browser> OpenAsync(TestMesh mesh)
    {
        Uri link = mesh.ControlPlane.Dashboard!;
        using var stranger = new Browser(link, "");
        using HttpResponseMessage answer = await stranger.SendAsync("GET", link.PathAndQuery);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return new Browser(link, answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }

    /// <summary>One without a cookie.</summary>
    public static Browser Stranger(TestMesh mesh) => new(mesh.ControlPlane.Dashboard!, "");

    public Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (Cookie.Length > 0) request.Headers.Add("Cookie", Cookie);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, type);
        if (method is not ("GET" or "HEAD") && !Array.Exists(headers, header => header.Name == "Origin")) request.Headers.Add("Origin", _origin);
        foreach ((string name, string value) in headers)
        {
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        }
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The JSON of an answer that must be good.</summary>
    public async Task<JsonObject> GetAsync(string path)
    {
        using HttpResponseMessage answer = await SendAsync("GET", path);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public void Dispose() => _http.Dispose();
}
