using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Errors;

namespace Tulle.ApiServer.Http;

/// <summary>Every request: who sends it, where it goes, and the Status it ends in when it fails.</summary>
internal sealed class HttpPipeline(Authenticator authenticator, Router router)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            UserInfo user = authenticator.Authenticate(http.Request);
            http.Response.Headers.CacheControl = "no-cache, private";
            await router.RouteAsync(http, user);
        }
        catch (ApiException e)
        {
            await FailAsync(http, e);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(http, e.StatusCode == 413 ? ApiErrors.TooLarge(Bodies.MaxSize) : ApiErrors.BadRequest(e.Message));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client went away; nobody is left to tell.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A mistake of ours: the client gets a Status like from any other failure, and the server goes on.
            await FailAsync(http, ApiErrors.Internal($"the request failed in the server: {e.Message}"));
        }
    }

    private static Task FailAsync(HttpContext http, ApiException error)
    {
        if (!http.Response.HasStarted) return http.WriteStatusAsync(error);
        http.Abort();
        return Task.CompletedTask;
    }
}
