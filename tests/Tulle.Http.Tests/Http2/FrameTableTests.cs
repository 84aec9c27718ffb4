using Tulle.Http.Fuzz;
using Tulle.Http.Http2;

namespace Tulle.Http.Tests.Http2;

/// <summary>Runs the tables, each case in one piece and byte by byte.</summary>
public sealed class FrameTableTests
{
    private static readonly FrameCase[] All =
    [
        .. ConnectionCases.All, .. StreamCases.All, .. HeaderCases.All, .. MessageCases.All, .. ControlCases.All, .. ClientCases.All, .. LimitCases.All,
    ];

    public static IEnumerable<TheoryDataRow<int, string>> Rows => All.Select((row, i) => new TheoryDataRow<int, string>(i, row.ToString()));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Read_Case_GivesEventsAndAnswers(int index, string name)
    {
        FrameCase row = All[index];

        (string events, string output) = Run(row, int.MaxValue / 2);
        (string splitEvents, _) = Run(row, 1);

        Assert.Equal(row.Events, events);
        if (row.Output is not null) Assert.Equal(row.Output, output);
        // Window updates may come in other portions.
        Assert.Equal(events, splitEvents);
        Assert.Equal(name, row.ToString());
    }

    [Fact]
    public void Tables_AreLarge_AndEachCaseHasAName()
    {
        Assert.True(All.Length >= 150, $"{All.Length} cases");
        Assert.Equal(All.Length, All.Select(row => row.ToString()).Distinct().Count());
    }

    private static (string Events, string Output) Run(FrameCase row, int piece)
    {
        var connection = new Http2Connection(row.Client ? Http2Role.Client : Http2Role.Server, row.Limits);
        var transcript = new Http2Transcript(connection) { Consumes = !row.Stalls };
        if (row.Client)
        {
            foreach (string method in new[] { "GET", "POST", "HEAD" })
            {
                Http2Stream stream = connection.TryOpen()!;
                connection.BeginRequest(stream, System.Text.Encoding.ASCII.GetBytes(method), "http"u8, "a"u8, "/"u8);
                connection.EndHead(stream, endStream: method != "POST");
                transcript.Streams.Add(stream);
            }
        }
        connection.Sent(connection.OutputLength);
        if (!row.Bare)
        {
            transcript.Read(row.Client ? Frames.Settings() : Frames.Join(Frames.Preface, Frames.Settings()), piece);
            Assert.Equal("settings ack", Frames.Describe(connection.Output));
            connection.Sent(connection.OutputLength);
        }
        row.Before?.Invoke(connection);
        int skip = transcript.ToString().Length;

        transcript.Read(row.Input, piece);

        return (string.Join("; ", transcript.ToString()[skip..].Split('\n', StringSplitOptions.RemoveEmptyEntries)), Frames.Describe(connection.Output));
    }
}
