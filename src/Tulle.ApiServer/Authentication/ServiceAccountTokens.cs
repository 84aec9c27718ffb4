using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Authentication;

/// <summary>
/// Service-account tokens: JWTs (RFC 7519) signed with ES256 by a key that lives in the database. A token dies with its
/// service account and with the pod it is bound to, not only at its end.
/// </summary>
internal sealed class ServiceAccountTokens
{
    public const string Issuer = "https://kubernetes.default.svc.cluster.local";

    /// <summary>The audiences of this API server itself, used when a request names none.</summary>
    public static readonly string[] ApiAudiences = [Issuer, "tulle-api"];

    private const string SigningKey = "serviceaccount.key";

    // A token is a few hundred bytes; the bound keeps hostile headers cheap.
    private const int MaxTokenLength = 16 * 1024;

    private readonly ObjectStore _store;
    private readonly TimeProvider _clock;
    private readonly ECDsa _key;
    private readonly string _keyId;
    private readonly Lock _lock = new();

    public ServiceAccountTokens(ObjectStore store, TimeProvider clock)
    {
        _store = store;
        _clock = clock;
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (store.ReadMeta(SigningKey) is { } stored) _key.ImportPkcs8PrivateKey(stored, out _);
        else store.WriteMeta(SigningKey, _key.ExportPkcs8PrivateKey());
        _keyId = Base64Url.EncodeToString(SHA256.HashData(_key.ExportSubjectPublicKeyInfo()).AsSpan(0, 16));
    }

    /// <summary>Signs a token.</summary>
    /// <param name="ns">Namespace of the service account.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Its UID.</param>
    /// <param name="audiences">Whom the token is for.</param>
    /// <param name="lifetime">How long it is valid.</param>
    /// <param name="pod">Name and UID of the pod it is bound to; null when it is bound to none.</param>
    public string Issue(string ns, string name, string uid, IReadOnlyList<string> audiences, TimeSpan lifetime, (string Name, string Uid)? pod)
    {
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var subject = new JsonObject
        {
            ["namespace"] = ns,
            ["serviceaccount"] = new JsonObject { ["name"] = name, ["uid"] = uid },
        };
        if (pod is { } bound) subject["pod"] = new JsonObject { ["name"] = bound.Name, ["uid"] = bound.Uid };
        var claims = new JsonObject
        {
            ["aud"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]),
            ["exp"] = now + (long)lifetime.TotalSeconds,
            ["iat"] = now,
            ["iss"] = Issuer,
            ["jti"] = Guid.NewGuid().ToString(),
            ["kubernetes.io"] = subject,
            ["nbf"] = now,
            ["sub"] = Username(ns, name),
        };
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = _keyId, ["typ"] = "JWT" };
        string signed = $"{Base64Url.EncodeToString(Json.ToBytes(header))}.{Base64Url.EncodeToString(Json.ToBytes(claims))}";
        lock (_lock)
        {
            // RFC 7518 section 3.4: the two numbers of the signature side by side, which is what SignData gives.
            return $"{signed}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
        }
    }

    /// <summary>Whom a token belongs to.</summary>
    /// <param name="token">The JWT.</param>
    /// <param name="audiences">The audiences of which the token must be for at least one.</param>
    /// <param name="accepted">Those that it is for.</param>
    /// <returns>The user; null when the token is forged, over, for others, or its account or pod is gone.</returns>
    public UserInfo? Verify(string token, IReadOnlyList<string> audiences, out IReadOnlyList<string> accepted)
    {
        accepted = [];
        if (token.Length > MaxTokenLength || ReadClaims(token) is not { } claims) return null;
        long now = _clock.GetUtcNow().ToUnixTimeSeconds();
        if (claims.Text("iss") != Issuer || !(now < claims.Number("exp")) || !(now >= claims.Number("nbf"))) return null;
        accepted = [.. claims.Texts("aud").Intersect(audiences)];
        if (accepted.Count == 0) return null;
        JsonNode? subject = claims.Child("kubernetes.io");
        string ns = subject.Text("namespace") ?? "", name = subject.Text("serviceaccount", "name") ?? "";
        string uid = subject.Text("serviceaccount", "uid") ?? "";
        if (!Exists("serviceaccounts", ns, name, uid)) return null;
        var extra = new Dictionary<string, string>();
        if (subject.Child("pod") is { } pod)
        {
            string podName = pod.Text("name") ?? "", podUid = pod.Text("uid") ?? "";
            if (!Exists("pods", ns, podName, podUid)) return null;
            extra["authentication.kubernetes.io/pod-name"] = podName;
            extra["authentication.kubernetes.io/pod-uid"] = podUid;
        }
        return new UserInfo(Username(ns, name), uid,
            ["system:serviceaccounts", $"system:serviceaccounts:{ns}", "system:authenticated"], extra);
    }

    private bool Exists(string plural, string ns, string name, string uid) =>
        _store.Get(new ResourceKey("", plural, ns, name)) is { } found && ObjectEncoding.Decode(found.Json).Uid() == uid;

    private JsonObject? ReadClaims(string token)
    {
        if (token.Split('.') is not [var head, var body, var signature]) return null;
        try
        {
            // The only algorithm is ours; whatever the head says cannot choose another.
            if (Json.ParseObject(Base64Url.DecodeFromChars(head)).Text("alg") != "ES256") return null;
            byte[] data = Encoding.ASCII.GetBytes($"{head}.{body}");
            lock (_lock)
            {
                if (!_key.VerifyData(data, Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256)) return null;
            }
            return Json.ParseObject(Base64Url.DecodeFromChars(body));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Username(string ns, string name) => $"system:serviceaccount:{ns}:{name}";
}
