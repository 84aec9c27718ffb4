using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Authority;

/// <summary>
/// Asks the API server whose token a caller presents. Positive answers are kept for a minute under the token's hash, so
/// that a reconnecting proxy, which opens three calls at once, costs one review. Thread-safe.
/// </summary>
internal sealed class TokenReviewer(KubernetesClient kubernetes, TimeProvider clock)
{
    /// <summary>How long a positive answer is taken for granted. A revoked token opens no new stream after that, and gets no certificate at all.</summary>
    public static readonly TimeSpan CacheLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Most answers kept; past it the cache starts over.</summary>
    public const int MaxCached = 10_000;

    /// <summary>Longest token looked at, characters. Kubernetes' own are about 1,200.</summary>
    public const int MaxTokenLength = 16 * 1024;

    private const string ServiceAccountPrefix = "system:serviceaccount:";
    private const string PodNameKey = "authentication.kubernetes.io/pod-name";

    private static readonly ResourcePath Reviews = ResourcePath.Of("authentication.k8s.io", "v1", "tokenreviews");

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>Whose token it is; a null caller comes with the reason.</summary>
    /// <param name="token">What the caller presents.</param>
    /// <param name="fresh">Whether to ask also where an answer is kept: what is granted now outlives the token.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ApiUnreachableException">Nobody can say at the moment.</exception>
    /// <exception cref="ApiStatusException">The API server refuses to review.</exception>
    public async Task<(Caller? Caller, string Reason)> ReviewAsync(string token, bool fresh, CancellationToken cancellation)
    {
        if (token.Length is 0 or > MaxTokenLength) return (null, "the token is empty or too long");
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        DateTimeOffset now = clock.GetUtcNow();
        if (!fresh && _known.TryGetValue(hash, out (Caller Caller, DateTimeOffset Until) known) && now < known.Until) return (known.Caller, "");

        var review = new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenReview",
            ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(ProtocolNames.TokenAudience) },
        };
        JsonObject answer = await kubernetes.CreateAsync(Reviews, review, null, cancellation).ConfigureAwait(false);
        if (!TryRead(answer["status"], out Caller? caller, out string reason))
        {
            _known.TryRemove(hash, out _);
            return (null, reason);
        }

        if (_known.Count >= MaxCached) _known.Clear();
        _known[hash] = (caller, now + CacheLifetime);
        return (caller, "");
    }

    private static bool TryRead(JsonNode? status, [NotNullWhen(true)] out Caller? caller, out string reason)
    {
        caller = null;
        if (status?["authenticated"] is not JsonValue value || !value.TryGetValue(out bool authenticated) || !authenticated)
        {
            string detail = status.Text("error") is { Length: > 0 } error ? $": {error}" : "";
            reason = $"the API server does not accept the token{detail}";
            return false;
        }
        // A server that knows no audiences answers without them, and has then not checked ours (TokenReviewStatus.audiences).
        bool forUs = status["audiences"] is JsonArray audiences
            && audiences.Any(item => item is JsonValue text && text.TryGetValue(out string? name) && name == ProtocolNames.TokenAudience);
        if (!forUs)
        {
            reason = $"the token is not for the audience \"{ProtocolNames.TokenAudience}\"";
            return false;
        }
        string user = status.Text("user", "username") ?? "";
        string[] parts = user.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) ? user[ServiceAccountPrefix.Length..].Split(':') : [];
        if (parts is not [{ Length: > 0 } @namespace, { Length: > 0 } serviceAccount])
        {
            reason = $"the token is of \"{user}\", which is no service account";
            return false;
        }
        caller = new Caller(@namespace, serviceAccount, FirstText(status["user"]?["extra"]?[PodNameKey]));
        reason = "";
        return true;
    }

    private static string FirstText(JsonNode? list) =>
        list is JsonArray { Count: > 0 } items && items[0] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
