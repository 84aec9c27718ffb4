using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Streaming;

/// <summary>Asks the insight API a question outside of any request.</summary>
internal static class InsightQuestion
{
    /// <param name="insight">Whom to ask.</param>
    /// <param name="live">The question, a path below <c>/apis/insight.tulle.dev/v1/</c> with its query, and what was answered before.</param>
    /// <param name="maxBytes">Longest answer.</param>
    /// <param name="body">Where the answer may be written.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InsightException">There is no answer.</exception>
    public static async Task<LiveAnswer> AskAsync(InsightApi insight, LiveQuestion live, int maxBytes, MemoryStream body, CancellationToken cancellation)
    {
        string question = live.Text;
        int query = question.IndexOf('?');
        body.SetLength(0);
        var context = new DefaultHttpContext { RequestAborted = cancellation };
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = $"/apis/{InsightApi.Group}/v1/{Uri.UnescapeDataString(query < 0 ? question : question[..query]).TrimStart('/')}";
        context.Request.QueryString = new QueryString(query < 0 ? "" : question[query..]);
        context.Response.Body = body;
        await insight.HandleAsync(context, again: true).ConfigureAwait(false);
        await context.Response.CompleteAsync().ConfigureAwait(false);
        if (body.Length > maxBytes)
            return LiveAnswer.Failed(413, $"the answer has {body.Length} bytes, more than the {maxBytes} that a stream carries; ask for one namespace");
        ReadOnlySpan<byte> answer = body.GetBuffer().AsSpan(0, (int)body.Length);
        return live.Answer is { } before && before.Code == context.Response.StatusCode && answer.SequenceEqual(before.Body)
            ? before
            : new LiveAnswer(context.Response.StatusCode, answer.ToArray());
    }
}
