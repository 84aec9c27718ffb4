using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Retries of a rule of a VirtualService (istio.md §1.4).</summary>
/// <param name="Attempts">Tries beyond the first; 0 switches retries off.</param>
/// <param name="PerTryTimeout">Timeout of each try; null for that of the rule.</param>
/// <param name="RetryOn">Conditions and status codes, as written; empty when not given.</param>
/// <param name="Backoff">Base of the pauses between tries; null for the default.</param>
/// <param name="RemoteLocalities">Whether tries go to localities that were not tried yet.</param>
/// <param name="IgnorePreviousHosts">Whether tries avoid endpoints that were tried; true by default.</param>
public sealed record HttpRetries(
    int Attempts, TimeSpan? PerTryTimeout, IReadOnlyList<string> RetryOn, TimeSpan? Backoff, bool RemoteLocalities, bool IgnorePreviousHosts)
{
    internal static HttpRetries? Decode(Node? node) => node is not MappingNode ? null : new HttpRetries(
        node.GetInt("attempts") ?? 0,
        node.GetDuration("perTryTimeout"),
        (node.GetText("retryOn") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        node.GetDuration("backoff"),
        node.GetFlag("retryRemoteLocalities") ?? false,
        node.GetFlag("retryIgnorePreviousHosts") ?? true);
}
