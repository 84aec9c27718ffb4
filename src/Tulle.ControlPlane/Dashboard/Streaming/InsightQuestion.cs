using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>Asks the insight API a question outside of any request.</summary>
internal static class InsightQuestion
{
    /// <param name="insight">Whom to ask.</param>
    /// <param name="question">A path below <c>/apis/insight.tulle.dev/v1/</c> with its query.</param>
    /// <param name="maxBytes">Longest answer.</param>
    /// <param name="answer">Gets one JSON object: the answer, or a Status that says what is wrong.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>HTTP status code.</returns>
    public static async Task<int> AskAsync(InsightApi insight, string question, int maxBytes, AnswerBuffer answer, CancellationToken cancellation)
    {
        int query = question.IndexOf('?');
        var context = new DefaultHttpContext { RequestAborted = cancellation };
        context.Features.Set<IHttpResponseBodyFeature>(new AnswerBody(answer));
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = $"/apis/{InsightApi.Group}/v1/{Uri.UnescapeDataString(query < 0 ? question : question[..query]).TrimStart('/')}";
        context.Request.QueryString = new QueryString(query < 0 ? "" : question[query..]);
        await insight.HandleAsync(context, again: true).ConfigureAwait(false);
        if (answer.Length <= maxBytes) return context.Response.StatusCode;
        return Refuse(answer, 413, "RequestEntityTooLarge", $"the answer has {answer.Length} bytes, more than the {maxBytes} that a stream carries; ask for one namespace");
    }

    /// <summary>Makes the answer a Status that says why there is none.</summary>
    /// <returns>Its HTTP status code.</returns>
    public static int Refuse(AnswerBuffer answer, int code, string reason, string message)
    {
        answer.Clear();
        using var json = new Utf8JsonWriter(answer);
        json.WriteStartObject();
        StatusJson.Write(json, code, reason, message);
        json.WriteEndObject();
        return code;
    }
}
