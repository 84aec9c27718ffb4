using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>HTTP/2 from a real client through two proxies to a real server.</summary>
public sealed class Http2ForwardingTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 16_384)]
    [InlineData(true, 65_536)]
    [InlineData(true, 5_000_000)]
    [InlineData(false, 5_000_000)]
    public async Task Body_OfAnySize_ComesBack(bool mutualTls, int size)
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls);
        using HttpClient client = mesh.NewClient();
        byte[] body = new byte[size];
        new Random(7).NextBytes(body);

        using var request = new HttpRequestMessage(HttpMethod.Post, "/a/b?c=d") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body) };
        request.Headers.Add("cookie", "a=1; b=2");
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("HTTP/2", "/a/b?c=d", "POST"), (Header(response, "x-protocol"), Header(response, "x-path"), Header(response, "x-method")));
        Assert.Equal(mesh.Address.Authority, Header(response, "x-host"));
        Assert.Equal(mutualTls ? TestAuthority.IdOf("client") : "", Header(response, "x-caller"));
        Assert.Equal("a=1; b=2", Header(response, "x-cookie"));
        Assert.Equal("done", Assert.Single(response.TrailingHeaders.GetValues("x-sum")));
        await mesh.Inbound.CountsAsync(1, Direction.Inbound, series => series.Requests);
    }

    [Fact]
    public async Task Requests_ManyAtOnce_ShareConnections()
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            using HttpResponseMessage response = await client.PostAsync($"/{i}", new StringContent(new string('x', i * 50)), TestContext.Current.CancellationToken);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return $"{Header(response, "x-path")} {text.Length}";
        }));

        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"/{i} {i * 50}"), answers);
        Assert.InRange(mesh.Outbound.Sum(Direction.Outbound, series => series.ConnectionsOpened), 1, 4);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "2.0", "HTTP/1.1")]
    [InlineData(HttpProtocols.Http2, "1.1", "HTTP/2")]
    public async Task Server_SpeaksAnotherVersion_IsTranslatedNextToIt(HttpProtocols speaks, string version, string seen)
    {
        await using Http2App app = await Http2App.StartAsync(Http2App.EchoAsync, speaks);
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        var policy = new InboundPolicy();
        policy.Ports.Add(new InboundPort { Port = (uint)mesh.Inbound.Inbound().Port, Protocol = speaks == HttpProtocols.Http1 ? Protocol.Protocol.Http1 : Protocol.Protocol.Http2 });
        Assert.Null(mesh.Inbound.DataPlane.Apply(policy));
        using HttpClient client = mesh.NewClient(Version.Parse(version));

        await Testing.Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage probe = await client.GetAsync("/");
                return probe.StatusCode == HttpStatusCode.OK;
            },
            Testing.Eventually.Patience, "the policy is in force");
        string body = string.Concat(Enumerable.Repeat("0123456789", 20_000));
        using HttpResponseMessage response = await client.PostAsync("/x?y=z", new StringContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((seen, "/x?y=z"), (Header(response, "x-protocol"), Header(response, "x-path")));
    }

    [Fact]
    public async Task Head_HasNoBody_ButItsLength()
    {
        await using Http2App app = await Http2App.StartAsync(context =>
        {
            context.Response.ContentLength = 1234;
            return Task.CompletedTask;
        });
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: false);
        using HttpClient client = mesh.NewClient();

        using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact }, TestContext.Current.CancellationToken);

        Assert.Equal(1234, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Client_CancelsItsRequest_ServerHearsOfIt()
    {
        var began = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            began.TrySetResult();
            await aborted.Task;
        });
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using HttpClient client = mesh.NewClient();
        using var cancel = new CancellationTokenSource();

        Task<HttpResponseMessage> request = client.GetAsync("/", cancel.Token);
        await began.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Server_ResetsItsResponse_ClientHearsOfIt()
    {
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync("/", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SlowReader_HoldsUpTheServer_NotTheOtherStreams()
    {
        long sent = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            if (context.Request.Path != "/large") return;
            var piece = new byte[65_536];
            for (int i = 0; i < 1_000; i++)
            {
                await context.Response.Body.WriteAsync(piece);
                Interlocked.Add(ref sent, piece.Length);
            }
        });
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        using HttpClient client = mesh.NewClient();

        using HttpResponseMessage large = await client.GetAsync("/large", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        for (int i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/small", TestContext.Current.CancellationToken)).StatusCode);

        Assert.InRange(Interlocked.Read(ref sent), 0, 20_000_000);
        Assert.Equal(65_536_000, (await large.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Theory]
    [InlineData("curl", "-s --http2-prior-knowledge {0}/x", "got /x")]
    [InlineData("nghttp", "-d /etc/hostname {0}/y", "got /y")]
    [InlineData("h2load", "-n 3000 -c 4 -m 25 {0}/z", "3000 succeeded, 0 failed, 0 errored")]
    public async Task RealClient_IsServed(string program, string arguments, string expected)
    {
        await using Http2App app = await Http2App.StartAsync(context => context.Response.WriteAsync("got " + context.Request.Path));
        await using var mesh = new Http2Mesh(app.EndPoint, mutualTls: true);
        Assert.SkipUnless(File.Exists("/usr/bin/" + program), $"{program} is not installed");

        var start = new ProcessStartInfo(program, string.Format(null, arguments, mesh.Address.ToString().TrimEnd('/'))) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(expected, output);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : "";
}
