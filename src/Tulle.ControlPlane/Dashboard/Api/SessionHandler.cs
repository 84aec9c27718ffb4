using System.Reflection;
using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Api;

/// <summary><c>/api/session</c>: which mesh this is.</summary>
internal sealed class SessionHandler(DashboardOptions options, MeshViews views, MeshIssuer issuer)
{
    public static string Version { get; } =
        typeof(SessionHandler).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public Task AnswerAsync(HttpContext context)
    {
        IEnumerable<string> namespaces = (views.Current as CompiledView)?.Snapshot.Namespaces.Keys ?? [];
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, json =>
        {
            json.WriteString("mesh", options.Mesh);
            json.WriteString("version", Version);
            json.WriteString("trustDomain", issuer.TrustDomain);
            json.WriteBoolean("local", options.Local);
            json.WriteStartArray("namespaces");
            foreach (string name in namespaces.Order(StringComparer.Ordinal)) json.WriteStringValue(name);
            json.WriteEndArray();
        });
    }
}
