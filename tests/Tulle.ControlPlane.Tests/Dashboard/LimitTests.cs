using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>The limits of the dashboard's listener, as they are by default.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Connections_OneTooMany_IsClosedAtOnceAndCounted()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        Uri link = mesh.ControlPlane.Dashboard!;
        var connections = new List<Socket>();
        try
        {
            for (int i = 0; i < 128 + 2; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                connections.Add(socket);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, link.Port);
                }
                catch (SocketException e) when (i >= 128 && e.SocketErrorCode == SocketError.ConnectionReset)
                {
                    // Closed so early that the client hears of it while it connects.
                }
            }
            await Eventually.TrueAsync(() => connections.Count(IsClosed) == 2, TestMesh.Patience, "the last two are closed", () => $"{connections.Count(IsClosed)} are");
            Assert.All(connections.Take(100), connection => Assert.False(IsClosed(connection)));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
        JsonNode? limit = null;
        await Eventually.TrueAsync(
            async () =>
            {
                JsonObject status = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/status");
                limit = status["limits"]!.AsArray().Single(item => item.Text("name") == "dashboardConnections");
                return limit!["used"]!.GetValue<int>() == 0;
            },
            TestMesh.Patience, "all connections are gone", () => $"{limit}");
        Assert.Equal((128, 2), (limit!["limit"]!.GetValue<int>(), limit["hit"]!.GetValue<int>()));
        using Browser browser = await Browser.OpenAsync(mesh);
    }

    [Theory]
    [InlineData(16_000, HttpStatusCode.OK)]
    [InlineData(16 * 1024, HttpStatusCode.RequestUriTooLong)]
    public async Task RequestLine_TooLong_IsRefused(int length, HttpStatusCode expected)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", $"/api/session?{new string('x', length)}");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public void Limits_AreThoseOfTheReference()
    {
        var limits = new DashboardLimits();
        string page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "dashboard.md"));
        foreach (string row in (string[])
        [
            $"| connections | {limits.Connections} |", $"| body of a request | {limits.BodyBytes >> 20} MiB |", $"| request line | {limits.RequestLineBytes >> 10} KiB |", $"| open streams | {limits.Streams} |",
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"| questions of a stream | {limits.QuestionsPerStream} of {limits.QuestionLength:N0} characters |"), $"| answer in a stream | {limits.AnswerBytes >> 20} MiB |",
        ])
        {
            Assert.Contains(row, page);
        }
    }

    // A connection on which nobody speaks is readable when the other side has ended it.
    private static bool IsClosed(Socket socket) => !socket.Connected || socket.Poll(0, SelectMode.SelectRead);
}
