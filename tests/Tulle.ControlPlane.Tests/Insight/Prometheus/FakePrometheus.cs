using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight.Prometheus;

/// <summary>A server of Prometheus' API that answers as the test says.</summary>
internal sealed class FakePrometheus : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, string> _answer;

    /// <param name="answer">The body of the answer to a query.</param>
    public FakePrometheus(Func<string, string> answer)
    {
        _answer = answer;
        Url = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        _listener.Prefixes.Add(Url.AbsoluteUri);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>Every query, with its times.</summary>
    public ConcurrentQueue<(string Query, long Start, long End, int Step)> Asked { get; } = new();

    /// <summary>An answer of one series.</summary>
    public static string Series(string labels, params (long Second, double Value)[] values) =>
        $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{{{labels}}},"values":[{{{string.Join(",", values.Select(value => $"[{value.Second},\"{value.Value}\"]"))}}}]}]}}""";

    public const string Nothing = """{"status":"success","data":{"resultType":"matrix","result":[]}}""";

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                System.Collections.Specialized.NameValueCollection form = HttpUtility.ParseQueryString(await reader.ReadToEndAsync());
                Asked.Enqueue((form["query"]!, long.Parse(form["start"]!), long.Parse(form["end"]!), int.Parse(form["step"]!)));
                context.Response.Close(Encoding.UTF8.GetBytes(_answer(form["query"]!)), willBlock: false);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
