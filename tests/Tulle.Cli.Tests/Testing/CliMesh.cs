using System.Text;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer;
using Tulle.Model.Admission;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;
using Tulle.Testing;

namespace Tulle.Cli.Tests.Testing;

/// <summary>The real API server, with a kubeconfig and an insight API that answers what a test says.</summary>
public sealed class CliMesh : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private KubernetesApiServer? _server;

    /// <summary>The answer of the insight API, by path and query.</summary>
    internal Func<string, string> Insight { get; set; } = _ => """{"items":[]}""";

    /// <summary>What the server says about every object that it takes; nothing when empty.</summary>
    internal string Warning { get; set; } = "";

    /// <summary>Path and query of the last request to the insight API.</summary>
    internal string LastInsight { get; private set; } = "";

    /// <summary>Path and query of the last request for golden metrics.</summary>
    internal string LastStat { get; private set; } = "";

    public string Kubeconfig => _folder.PathOf("kubeconfig");

    public async ValueTask InitializeAsync()
    {
        const string Token = "test-token";
        _server = await KubernetesApiServer.StartAsync(new ApiServerOptions { DatabasePath = _folder.PathOf("mesh.db"), AdminToken = Token });
        _server.AddReviewer(new Reviewer(this));
        _server.AddAggregatedGroup("insight.tulle.dev", AnswerAsync);
        _folder.Write("kubeconfig", $"""
            apiVersion: v1
            kind: Config
            current-context: tulle
            clusters: [{"{"}name: tulle, cluster: {"{"}server: "{_server.Url}", certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(_server.CaPem))}{"}}"}]
            contexts: [{"{"}name: tulle, context: {"{"}cluster: tulle, user: admin, namespace: default{"}}"}]
            users: [{"{"}name: admin, user: {"{"}token: {Token}{"}}"}]
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _folder.Dispose();
    }

    private sealed class Reviewer(CliMesh mesh) : IResourceReviewer
    {
        public ValueTask<IReadOnlyList<Finding>> ReviewAsync(ResourceKind kind, MappingNode obj) =>
            new(mesh.Warning.Length == 0 ? [] : [new Finding(Severity.Warning, mesh.Warning.Split(": ")[0], mesh.Warning.Split(": ")[1], "", SourceLocation.None)]);
    }

    private Task AnswerAsync(HttpContext http)
    {
        LastInsight = http.Request.PathBase + http.Request.Path + http.Request.QueryString;
        if (LastInsight.Contains("/stat/", StringComparison.Ordinal)) LastStat = LastInsight;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(Insight(LastInsight));
    }
}
