using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Commands.Top;
using Tulle.Cli.Tests.Testing;

namespace Tulle.Cli.Tests.Commands;

public sealed class TopCommandTests(CliMesh mesh) : IClassFixture<CliMesh>, IDisposable
{
    private readonly Testing.Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Top_Events_AreSummedByPath()
    {
        mesh.Insight = _ => Exchange("1:1", "/users?id=1", 200, 2_000) + Exchange("1:2", "/users?id=2", 500, 4_000) + Exchange("1:3", "/", 200, 350);
        CliResult result = await RunAsync("top deploy/user-service --path /");
        Assert.Equal("""
            SOURCE     DESTINATION   METHOD   PATH     COUNT    BEST   WORST    LAST   SUCCESS
            10.1.2.3   10.1.2.4      GET      /users       2     2ms     4ms     4ms    50.00%
            10.1.2.3   10.1.2.4      GET      /            1   350µs   350µs   350µs   100.00%
            """, string.Join('\n', result.Output.TrimEnd().Split('\n')[^3..]));
        Assert.Equal(ExitCodes.NoMesh, result.ExitCode);
        Assert.Contains("the mesh ended the tap", result.Error);
        Assert.Equal("/apis/insight.tulle.dev/v1/namespaces/default/tap/deployments/user-service?path=%2F&maxRps=1000", mesh.LastInsight);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/users/17/orders/4", "/users/*/orders/*")]
    [InlineData("/users/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/users/*")]
    [InlineData("/blobs/9f86d081884c7d65", "/blobs/*")]
    [InlineData("/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV/log", "/runs/*/log")]
    [InlineData("/api/v2/user-service-v1", "/api/v2/user-service-v1")]
    [InlineData("/feedfacefeedface", "/feedfacefeedface")]
    [InlineData("*", "*")]
    public void PathPattern_Ids_ArePutTogether(string path, string pattern) => Assert.Equal(pattern, PathPattern.Of(path));

    [Theory]
    [InlineData("", "/users/*")]
    [InlineData("--exact-paths", "/users/1 /users/2")]
    public async Task Top_PathsWithIds_AreOneRowUnlessAskedFor(string option, string paths)
    {
        mesh.Insight = _ => Exchange("1:1", "/users/1", 200, 2_000) + Exchange("1:2", "/users/2", 200, 4_000);
        CliResult result = await RunAsync($"top deploy/user-service {option}");
        Assert.Equal(paths.Split(' '), result.Output.TrimEnd().Split('\n').Where(line => line.Contains("GET")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]).Distinct());
    }

    [Fact]
    public void Draw_OneFailureOfTwenty_IsNoVerdictYet()
    {
        TopRows rows = new(address => address, path => path);
        StringWriter output = new();
        for (int i = 0; i < 20; i++) Feed(rows, Exchange($"2:{i}", "/few", i == 0 ? 500 : 200, 1_000));
        for (int i = 0; i < 200; i++) Feed(rows, Exchange($"3:{i}", "/many", i % 20 == 0 ? 500 : 200, 1_000));
        new TopScreen(_cli.Environment(output, TextWriter.Null) with { OutputIsTerminal = true }, "tulle top deploy/x", TopOrder.All[0]).Draw(rows);
        string[] lines = output.ToString().Split('\n');
        Assert.Contains("\e[32m95.00%", lines.Single(line => line.Contains("/few")));
        Assert.Contains("\e[33m95.00%", lines.Single(line => line.Contains("/many")));
    }

    [Theory]
    [InlineData("top deploy", "names one workload", "'tulle top' looks at one workload")]
    [InlineData("top deploy/x --sort size", "one of the orders", "size")]
    [InlineData("top deploy/x --max-rps 0", "a number", "--max-rps must be 1 or more")]
    public async Task Top_WrongLine_IsAUsageError(string line, string why, string message)
    {
        CliResult result = await RunAsync(line);
        Assert.True(result.ExitCode == ExitCodes.Usage, why);
        Assert.Contains(message, result.Error);
    }

    [Fact]
    public void Rows_TooMany_OldestAreForgotten()
    {
        TopRows rows = new(address => address, path => path);
        for (int i = 0; i < TopRows.MaxRows + 10; i++) Feed(rows, Exchange($"1:{i}", $"/{i}", 200, 1_000));
        Assert.Equal(TopRows.MaxRows, rows.All.Count);
        Assert.DoesNotContain(rows.All, row => row.Path == "/0");
        Assert.Equal(TopRows.MaxRows + 10, rows.Responses);
    }

    [Fact]
    public void Keys_SortReverseHoldAndEnd()
    {
        TopRows rows = new(address => address, path => path);
        Feed(rows, Exchange("1:1", "/slow", 200, 9_000) + Exchange("1:2", "/busy", 200, 1_000) + Exchange("1:3", "/busy", 200, 1_000) + Exchange("1:4", "/broken", 503, 2_000));
        StringWriter output = new();
        TopScreen screen = new(_cli.Environment(output, TextWriter.Null) with { OutputIsTerminal = true, Width = () => 100, Height = () => 6 }, "tulle top deploy/x", TopOrder.All[0]);
        string[] Shown()
        {
            output.GetStringBuilder().Clear();
            screen.Draw(rows);
            return [.. output.ToString().Split('\n')[3..^1].Select(line => line.Split("GET", 2)[1].Trim().Split(' ')[0])];
        }

        // Six lines: two are left for rows.
        Assert.Equal(["/busy", "/broken"], Shown());
        Assert.True(screen.Press('w'));
        Assert.Equal(["/slow", "/broken"], Shown());
        Assert.True(screen.Press('s'));
        Assert.Equal("/broken", Shown()[0]);
        Assert.True(screen.Press('c'));
        Assert.True(screen.Press('r'));
        Assert.DoesNotContain("/busy", Shown());
        Assert.True(screen.Press(' '));
        Assert.True(screen.Paused);
        Assert.True(screen.Press('x'));
        Assert.False(screen.Press('q'));
    }

    [Fact]
    public void Screen_Terminal_IsGivenBack()
    {
        StringWriter output = new();
        TopScreen screen = new(_cli.Environment(output, TextWriter.Null) with { OutputIsTerminal = true }, "tulle top deploy/x", TopOrder.All[0]);
        screen.Draw(new TopRows(address => address, path => path));
        screen.Close();
        Assert.StartsWith("\e[?1049h\e[?25l", output.ToString());
        Assert.EndsWith("\e[?25h\e[?1049l", output.ToString());
    }

    private static void Feed(TopRows rows, string lines)
    {
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)) rows.Add(JsonNode.Parse(line)!.AsObject());
    }

    private static string Exchange(string id, string path, int status, int micros)
    {
        const string Ends = """
            "proxy":"in","src":"10.1.2.3:45678","dst":"10.1.2.4:8080","tls":true
            """;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"type":"req","id":"{{id}}",{{Ends}},"method":"GET","authority":"user-service","path":"{{path}}"}
            {"type":"rsp","id":"{{id}}",{{Ends}},"status":{{status}},"latencyMicros":{{micros}}}

            """);
    }

    private Task<CliResult> RunAsync(string line) => _cli.RunAsync($"{line} --kubeconfig {mesh.Kubeconfig}");
}
