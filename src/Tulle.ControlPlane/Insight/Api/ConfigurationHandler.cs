using Tulle.ControlPlane.Insight.Configuration;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>configuration</c>: every object that configures the mesh, and what is wrong with it.</summary>
internal sealed class ConfigurationHandler(ConfigurationList list) : IInsightHandler
{
    public string Name => "configuration";

    public Task AnswerAsync(InsightRequest request)
    {
        ConfigurationItem[] items = [.. list.Items(request.Namespace)];
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            json.WriteStartArray("items");
            foreach (ConfigurationItem item in items) item.WriteTo(json);
            json.WriteEndArray();
        });
    }
}
