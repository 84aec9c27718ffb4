using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Local.Hosting;
using Tulle.Local.Mirroring;
using Tulle.Protocol;

namespace Tulle.Local.Credentials;

/// <summary>Keeps a replica's token and trust anchors in its files: what the kubelet does with projected volumes.</summary>
internal sealed class WorkloadCredentials(KubernetesClient client, MeshHome home, TimeProvider clock)
{
    /// <summary>Life of a token. 1 h: the kubelet's default for projected tokens.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Writes both files for the first time.</summary>
    /// <returns>When the token should be renewed.</returns>
    public async Task<DateTimeOffset> WriteAsync(ReplicaModel replica, string podUid, CancellationToken cancellation)
    {
        PrivateFiles.CreateFolder(Path.Combine(home.Workloads, replica.Pod));
        string? anchors = null;
        while (anchors is null)
        {
            JsonObject? map = await client.TryGetAsync(
                KnownPaths.ConfigMaps(ProtocolNames.SystemNamespace, "tulle-trust-anchors"), cancellation).ConfigureAwait(false);
            anchors = map.Text("data", "anchors.pem");
            // The control plane makes its authority as it starts.
            if (anchors is null) await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellation).ConfigureAwait(false);
        }
        WriteIfChanged(home.Anchors(replica.Pod), anchors);
        return await WriteTokenAsync(replica, podUid, cancellation).ConfigureAwait(false);
    }

    /// <summary>Renews the token for as long as the replica lives, at 80 % of its life, as the kubelet does.</summary>
    public async Task RenewAsync(ReplicaModel replica, string podUid, DateTimeOffset renewAt, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                TimeSpan wait = renewAt - clock.GetUtcNow();
                if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, stop).ConfigureAwait(false);
                try
                {
                    renewAt = await WriteAsync(replica, podUid, stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiStatusException or ApiUnreachableException or IOException or UnauthorizedAccessException)
                {
                    renewAt = clock.GetUtcNow() + RetryAfter;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The replica is gone.
        }
    }

    /// <summary>New anchors for a replica whose files exist.</summary>
    public void WriteAnchors(string pod, string anchors)
    {
        if (Directory.Exists(Path.Combine(home.Workloads, pod))) WriteIfChanged(home.Anchors(pod), anchors);
    }

    private async Task<DateTimeOffset> WriteTokenAsync(ReplicaModel replica, string podUid, CancellationToken cancellation)
    {
        JsonObject answer = await client.CreateAsync(
            KnownPaths.ServiceAccounts(replica.Namespace, replica.Service).WithSubresource("token"), new JsonObject
            {
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["kind"] = "TokenRequest",
                ["spec"] = new JsonObject
                {
                    ["audiences"] = new JsonArray(ProtocolNames.TokenAudience),
                    ["expirationSeconds"] = (int)TokenLifetime.TotalSeconds,
                    ["boundObjectRef"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["name"] = replica.Pod, ["uid"] = podUid },
                },
            }, null, cancellation).ConfigureAwait(false);
        string token = answer.Text("status", "token") ?? throw new InvalidOperationException("the API server answered a TokenRequest without a token");
        PrivateFiles.Write(home.Token(replica.Pod), Encoding.ASCII.GetBytes(token));
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset expiry = DateTimeOffset.TryParse(answer.Text("status", "expirationTimestamp"), CultureInfo.InvariantCulture, out DateTimeOffset time)
            ? time : now + TokenLifetime;
        return now + ((expiry - now) * 0.8);
    }

    private static void WriteIfChanged(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text) PrivateFiles.Write(path, Encoding.UTF8.GetBytes(text));
    }
}
