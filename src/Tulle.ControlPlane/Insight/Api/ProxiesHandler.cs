using Tulle.ControlPlane.Distribution;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>proxies</c>: which are connected, and how far each is with its configuration.</summary>
internal sealed class ProxiesHandler(DiscoverySessions sessions) : IInsightHandler
{
    public string Name => "proxies";

    public Task AnswerAsync(InsightRequest request)
    {
        IReadOnlyList<SessionReport> reports = sessions.Report();
        return JsonAnswer.WriteAsync(request.Context, json => ProxyList.Write(json, reports));
    }
}
