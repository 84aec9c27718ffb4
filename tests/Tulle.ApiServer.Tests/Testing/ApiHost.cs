using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Storage;
using Tulle.Model.Admission;

namespace Tulle.ApiServer.Tests.Testing;

/// <summary>A server on a free port with a database of its own, and a client that trusts it.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string AdminToken = "test-admin-token";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tulle-api-");
    private KubernetesApiServer? _server;

    public HttpClient Client { get; private set; } = new();

    public KubernetesApiServer Server => _server!;

    public string DatabasePath => Path.Combine(_folder.FullName, "mesh.db");

    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public static async Task<ApiHost> StartAsync(StoreLimits? limits = null, TimeProvider? clock = null, params IResourceReviewer[] reviewers)
    {
        var host = new ApiHost();
        await host.OpenAsync(limits, clock, reviewers);
        return host;
    }

    /// <summary>Stops the server and starts another on the same database.</summary>
    public async Task RestartAsync(StoreLimits? limits = null)
    {
        await _server!.DisposeAsync();
        await OpenAsync(limits, null, []);
    }

    public HttpClient ClientFor(string? token)
    {
        HttpClient client = Connect(_server!.Url, _server.CaPem, token);
        return client;
    }

    /// <summary>Sends a request and reads its JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(
        HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonNode.Parse(text) as JsonObject ?? throw new InvalidOperationException(text));
    }

    public async Task<JsonObject> GetAsync(string path, string? accept = null) => await ExpectAsync(HttpMethod.Get, path, accept: accept);

    public async Task<JsonObject> PostAsync(string path, string body) => await ExpectAsync(HttpMethod.Post, path, body);

    public async Task<JsonObject> PutAsync(string path, string body) => await ExpectAsync(HttpMethod.Put, path, body);

    public async Task<JsonObject> DeleteAsync(string path, string? body = null) => await ExpectAsync(HttpMethod.Delete, path, body);

    public async Task<JsonObject> PatchAsync(string path, string body, string type) => await ExpectAsync(HttpMethod.Patch, path, body, type);

    /// <summary>Sends a request that must succeed.</summary>
    public async Task<JsonObject> ExpectAsync(HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null)
    {
        (HttpStatusCode status, JsonObject answer) = await SendAsync(method, path, body, type, accept);
        Assert.True((int)status < 300, $"{method} {path}: {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>Waits until a path answers 404.</summary>
    public async Task GoneAsync(string path, CancellationToken cancellation)
    {
        while ((await SendAsync(HttpMethod.Get, path)).Status != HttpStatusCode.NotFound) cancellation.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public static HttpClient Connect(string url, string caPem, string? token, int maxConnections = 64)
    {
        X509Certificate2 authority = X509Certificate2.CreateFromPem(caPem);
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = maxConnections,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        var client = new HttpClient(handler) { BaseAddress = new Uri(url) };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task OpenAsync(StoreLimits? limits, TimeProvider? clock, IReadOnlyList<IResourceReviewer> reviewers)
    {
        _server = await KubernetesApiServer.StartAsync(new ApiServerOptions
        {
            DatabasePath = DatabasePath,
            AdminToken = AdminToken,
            Limits = limits ?? new StoreLimits(),
            Clock = clock ?? TimeProvider.System,
            Reviewers = reviewers,
        });
        Client.Dispose();
        Client = ClientFor(AdminToken);
        await WriteKubeconfigAsync();
    }

    private async Task WriteKubeconfigAsync()
    {
        string authority = Convert.ToBase64String(Encoding.ASCII.GetBytes(_server!.CaPem));
        await using var file = new FileStream(Kubeconfig, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await using var writer = new StreamWriter(file);
        await writer.WriteAsync($$$"""
            apiVersion: v1
            kind: Config
            current-context: tulle
            clusters: [{name: tulle, cluster: {server: "{{{_server.Url}}}", certificate-authority-data: {{{authority}}} } }]
            users: [{name: admin, user: {token: {{{AdminToken}}} } }]
            contexts: [{name: tulle, context: {cluster: tulle, user: admin, namespace: default}}]
            """);
    }
}
