using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli;

/// <summary>Version of the mesh behind an API.</summary>
internal static class ServerVersion
{
    /// <summary>The embedded API server names it after its own Kubernetes version: <c>v1.32.0+tulle-0.1.0</c>.</summary>
    /// <returns>Null when the server is not Tulle's own.</returns>
    public static async Task<string?> OfAsync(KubernetesClient client, CancellationToken stop)
    {
        JsonObject version = await client.GetRawAsync("/version", stop);
        string text = version.Text("gitVersion") ?? "";
        int at = text.IndexOf("tulle", StringComparison.Ordinal);
        return at < 0 ? null : text[(at + "tulle".Length)..].TrimStart('-', '.', '+');
    }
}
