namespace Tulle.ControlPlane.Insight.Api;

/// <summary>Answers the questions about one list of <c>insight.tulle.dev</c>. Called from many threads.</summary>
internal interface IInsightHandler
{
    /// <summary>The list's name in paths, such as <c>stat</c>.</summary>
    string Name { get; }

    /// <summary>Whether its answers go on until the client leaves.</summary>
    bool IsEndless => false;

    /// <summary>Whether its answers are about what proxies report from second to second.</summary>
    bool ShowsTraffic => false;

    /// <exception cref="InsightException">The question cannot be answered.</exception>
    Task AnswerAsync(InsightRequest request);
}
