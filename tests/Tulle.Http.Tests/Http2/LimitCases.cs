using Tulle.Http.Http2;
using static Tulle.Http.Tests.Http2.Frames;

namespace Tulle.Http.Tests.Http2;

/// <summary>What a peer may not do too often or too large: RFC 9113 §10.5, and the limits of <see cref="Http2Limits"/>.</summary>
internal static class LimitCases
{
    private const string GetText = ":method: GET | :scheme: http | :path: / | :authority: a";
    private const string PostText = ":method: POST | :scheme: http | :path: / | :authority: a";

    private static readonly byte[] OpenPost = Headers(1, EndHeaders, Post());

    public static FrameCase[] All { get; } =
    [
        new("§10.5.1", "head above the list limit is answered with 431", Headers(1, Whole, Get("x: " + new string('a', 400))),
            "refused HeadTooLarge", "headers 1 5 end; reset 1 NoError") { Limits = new() { HeaderListBytes = 512 } },
        new("§10.5.1", "head at the list limit", Headers(1, Whole, Get("x: " + new string('a', 512 - 201))),
            $"request 1 [{GetText} | x: {new string('a', 512 - 201)}] end") { Limits = new() { HeaderListBytes = 512 } },
        new("§10.5.1", "too many fields", Headers(1, Whole, Get("a: 1", "b: 2")), "refused HeadTooLarge") { Limits = new() { HeaderCount = 5 } },
        new("§10.5.1", "as many fields as allowed", Headers(1, Whole, Get("a: 1")), $"request 1 [{GetText} | a: 1] end") { Limits = new() { HeaderCount = 5 } },
        new("§10.5.1", "HPACK bomb: one entry repeated", Headers(1, Whole, [.. Get(), .. Indexed(3000), .. Enumerable.Repeat((byte)0xBE, 8000)]), "refused HeadTooLarge"),
        new("§10.5.1", "trailers above the list limit", Join(OpenPost, Headers(1, Whole, Block("x: " + new string('a', 600)))),
            $"request 1 [{PostText}]; reset 1 HeadTooLarge EnhanceYourCalm") { Limits = new() { HeaderListBytes = 512 } },
        new("§10.5.1", "field block too large", Join(Headers(1, EndStream, new byte[600]), Continuation(1, 0, new byte[600])),
            "error HeaderBlockTooLarge EnhanceYourCalm", "goaway 0 EnhanceYourCalm") { Limits = new() { HeaderBlockBytes = 1024 } },
        new("§10.5", "flood of CONTINUATION", Join(Headers(1, EndStream), Repeat(17, _ => Continuation(1, 0))), "error ContinuationFlood EnhanceYourCalm"),
        new("§10.5", "sixteen CONTINUATIONs are fine", Join(Headers(1, EndStream, Get()), Repeat(15, _ => Continuation(1, 0)), Continuation(1, EndHeaders)), $"request 1 [{GetText}] end"),
        Flood("SETTINGS", "SettingsFlood", Settings()),
        Flood("acknowledgements", "SettingsFlood", SettingsAck),
        Flood("PING", "PingFlood", Ping()),
        Flood("answers to no PING", "PingFlood", Ping(Ack)),
        Flood("PRIORITY", "PriorityFlood", Raw(2, 0, 1, 0, 0, 0, 0, 16)),
        Flood("WINDOW_UPDATE", "WindowUpdateFlood", Window(0, 1)),
        Flood("unknown frames", "UnknownFrameFlood", Raw(0x2A, 0, 0)),
        Flood("GOAWAY", "UnknownFrameFlood", GoAway(0)),
        new("§10.5", "flood of empty DATA", Join(OpenPost, Repeat(12, _ => Data(1, 0, ""))), $"request 1 [{PostText}]; error EmptyDataFlood EnhanceYourCalm")
        {
            Limits = Tight,
        },
        new("§10.5", "flood of padding", Join(OpenPost, Repeat(12, _ => Raw(0, Padded, 1, 3, 0, 0, 0))), $"request 1 [{PostText}]; error EmptyDataFlood EnhanceYourCalm")
        {
            Limits = Tight,
        },
        new("§10.5", "flood of frames on a stream that we have reset", Join(OpenPost, Headers(1, EndHeaders), Repeat(12, _ => Data(1, 0, "x"))),
            $"request 1 [{PostText}]; reset 1 TrailersWithoutEndStream ProtocolError; error ClosedStreamFlood EnhanceYourCalm") { Limits = Tight },
        new("§10.5", "DATA earns what WINDOW_UPDATE costs", Join(OpenPost, Repeat(50, _ => Join(Data(1, 0, "x"), Window(0, 1)))), $"request 1 [{PostText}]") { Limits = Tight },
        new("§10.5", "rapid reset", Join(Repeat(3, i => Join(Headers(1 + 2 * i, Whole, Get()), Reset(1 + 2 * i)))),
            $"request 1 [{GetText}] end; reset 1 ResetByPeer Cancel; request 3 [{GetText}] end; reset 3 ResetByPeer Cancel; request 5 [{GetText}] end; error RapidReset EnhanceYourCalm",
            "goaway 5 EnhanceYourCalm") { Limits = new() { ResetBurst = 2, ResetsPerSecond = 1 } },
        new("§10.5", "resets that the peer provokes", Repeat(3, i => Headers(1 + 2 * i, Whole, Get("X: y"))),
            "refused InvalidHeaderName; refused InvalidHeaderName; error RapidReset EnhanceYourCalm") { Limits = new() { ResetBurst = 2, ResetsPerSecond = 1 } },
        new("§10.5", "streams far above the limit", Join(Repeat(4, i => Headers(1 + 2 * i, Whole, Get()))),
            $"request 1 [{GetText}] end; refused TooManyStreams; refused TooManyStreams; error RapidReset EnhanceYourCalm")
        {
            Limits = new() { ConcurrentStreams = 1, ResetBurst = 2, ResetsPerSecond = 1 },
        },
        new("§8.1", "client: too many interim responses", Repeat(3, _ => Headers(1, EndHeaders, Block(":status: 100"))),
            "interim 1 [:status: 100]; interim 1 [:status: 100]; reset 1 TooManyInterimResponses EnhanceYourCalm")
        {
            Client = true, Limits = new() { InterimResponses = 2 },
        },
        new("§10.5.1", "client: response head above the limit", Headers(1, Whole, Block(":status: 200", "x: " + new string('a', 600))),
            "reset 1 HeadTooLarge EnhanceYourCalm", "reset 1 EnhanceYourCalm") { Client = true, Limits = new() { HeaderListBytes = 512 } },
    ];

    private static Http2Limits Tight => new() { IdleFrameBurst = 10, IdleFramesPerSecond = 1 };

    private static FrameCase Flood(string name, string kind, byte[] frame) => new("§10.5", $"flood of {name}", Repeat(13, _ => frame),
        string.Concat(Enumerable.Repeat(Answer(name), name == "GOAWAY" ? 11 : 10)) + $"error {kind} EnhanceYourCalm") { Limits = Tight };

    private static string Answer(string name) => name switch
    {
        "SETTINGS" => "settings; ",
        "GOAWAY" => "goaway NoError; ",
        _ => "",
    };

    /// <summary>A literal with indexing whose value has that many bytes.</summary>
    private static byte[] Indexed(int length)
    {
        byte[] literal = Block("x: " + new string('a', length));
        literal[0] = 0x40;
        return literal;
    }
}
