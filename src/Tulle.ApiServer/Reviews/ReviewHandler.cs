using System.Text.Json.Nodes;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Reviews;

/// <summary>Kinds that are questions: nothing is stored, the answer stands in the status.</summary>
internal sealed class ReviewHandler(ServiceAccountTokens tokens)
{
    public async Task AnswerAsync(ApiRequest request)
    {
        JsonObject review = await request.Http.Request.ReadObjectAsync();
        review["apiVersion"] = request.ApiVersion;
        review["kind"] = request.Kind.Kind;
        review.Ensure("metadata");
        review["status"] = request.Kind.Kind switch
        {
            "TokenReview" => ReviewToken(review),
            "SelfSubjectAccessReview" => ReviewAccess(request.User),
            "SubjectAccessReview" => ReviewAccess(new UserInfo(review.Text("spec", "user") ?? "", "",
                [.. review.Texts("spec", "groups")], new Dictionary<string, string>())),
            _ => throw ApiErrors.NotServed($"{request.Kind.Kind} is not served: there are no roles on one machine"),
        };
        await request.Http.WriteJsonAsync(review, 201);
    }

    private JsonObject ReviewToken(JsonObject review)
    {
        string token = review.Text("spec", "token") ?? "";
        if (token.Length == 0) throw ApiErrors.BadRequest("spec.token is required: a token review without a token asks nothing");
        string[] asked = [.. review.Texts("spec", "audiences")];
        UserInfo? user = tokens.Verify(token, asked.Length == 0 ? ServiceAccountTokens.ApiAudiences : asked, out IReadOnlyList<string> accepted);
        if (user is null)
        {
            return new JsonObject
            {
                ["authenticated"] = false,
                ["user"] = new JsonObject(),
                ["error"] = "the token is not valid: it is forged, expired, for another audience, or its service account or pod is gone",
            };
        }
        var extra = new JsonObject();
        foreach ((string key, string value) in user.Extra) extra[key] = new JsonArray(value);
        var found = new JsonObject
        {
            ["username"] = user.Name,
            ["uid"] = user.Uid,
            ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode)group)]),
        };
        if (extra.Count > 0) found["extra"] = extra;
        return new JsonObject
        {
            ["authenticated"] = true,
            ["user"] = found,
            ["audiences"] = new JsonArray([.. accepted.Select(audience => (JsonNode)audience)]),
        };
    }

    private static JsonObject ReviewAccess(UserInfo user) => Authorizer.IsAdmin(user)
        ? new JsonObject { ["allowed"] = true, ["reason"] = "administrator of this machine's mesh" }
        : new JsonObject { ["allowed"] = false, ["reason"] = "only the kubeconfig's user and the service accounts of tulle-system may" };
}
