using System.Text.Json.Nodes;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Subresources;

/// <summary><c>serviceaccounts/token</c>: signs a token for a service account, bound to a pod if asked.</summary>
internal sealed class TokenRequests(ObjectStore store, ServiceAccountTokens tokens, TimeProvider clock)
{
    // The bounds and the default of kube-apiserver: ten minutes, an hour; and a year, beyond which a token is a password.
    private const long MinSeconds = 600;
    private const long DefaultSeconds = 3600;
    private const long MaxSeconds = 365 * 86400L;

    public async Task CreateAsync(ApiRequest request)
    {
        JsonObject asked = await request.Http.Request.ReadObjectAsync();
        string name = request.Target.Name!;
        StoredObject account = store.Get(request.Key(name)) ?? throw ApiErrors.NotFound(request.Kind, name);
        var causes = new List<Cause>();
        long seconds = asked.Number("spec", "expirationSeconds") ?? DefaultSeconds;
        if (seconds is < MinSeconds or > MaxSeconds)
        {
            causes.Add(new Cause("FieldValueInvalid", "spec.expirationSeconds",
                $"Invalid value: {seconds}: may not be less than {MinSeconds} (10 minutes) or more than {MaxSeconds} (a year)"));
        }
        (string Name, string Uid)? pod = BoundPod(request, asked, name, causes);
        if (causes.Count > 0) throw ApiErrors.Invalid(TokenRequestKind, name, causes);

        string[] audiences = [.. asked.Texts("spec", "audiences")];
        if (audiences.Length == 0) audiences = ServiceAccountTokens.ApiAudiences;
        string token = tokens.Issue(request.Namespace!, name, ObjectEncoding.Decode(account.Json).Uid(), audiences, TimeSpan.FromSeconds(seconds), pod);
        JsonObject spec = asked.Ensure("spec");
        spec["audiences"] = new JsonArray([.. audiences.Select(audience => (JsonNode)audience)]);
        spec["expirationSeconds"] = seconds;
        var answer = new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = request.Namespace },
            ["spec"] = spec.DeepClone(),
            ["status"] = new JsonObject
            {
                ["token"] = token,
                ["expirationTimestamp"] = ObjectMeta.Timestamp(clock.GetUtcNow().AddSeconds(seconds)),
            },
        };
        await request.Http.WriteJsonAsync(answer, 201);
    }

    private (string, string)? BoundPod(ApiRequest request, JsonObject asked, string account, List<Cause> causes)
    {
        if (asked.At("spec", "boundObjectRef") is not JsonObject bound) return null;
        if (bound.Text("kind") != "Pod")
        {
            causes.Add(new Cause("FieldValueNotSupported", "spec.boundObjectRef.kind",
                $"Unsupported value: \"{bound.Text("kind")}\": supported values: \"Pod\""));
            return null;
        }
        string podName = bound.Text("name") ?? "";
        if (store.Get(new ResourceKey("", "pods", request.Namespace!, podName)) is not { } found)
            throw new ApiException(404, "NotFound", $"pods \"{podName}\" not found");
        JsonObject pod = ObjectEncoding.Decode(found.Json);
        if (bound.Text("uid") is { Length: > 0 } uid && uid != pod.Uid())
        {
            throw new ApiException(409, "Conflict",
                $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        }
        if ((pod.Text("spec", "serviceAccountName") ?? "default") != account)
        {
            causes.Add(new Cause("FieldValueInvalid", "spec.boundObjectRef.name",
                $"Invalid value: \"{podName}\": cannot bind a token for service account {account} to a pod that runs as another"));
        }
        return (podName, pod.Uid());
    }

    private static readonly ResourceKind TokenRequestKind = new()
    {
        Group = "authentication.k8s.io",
        Versions = ["v1"],
        Kind = "TokenRequest",
        Plural = "tokenrequests",
        Schema = new Schema { Type = SchemaType.Any },
    };
}
