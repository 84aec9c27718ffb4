using BenchmarkDotNet.Attributes;
using Tulle.Http.Http2;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Bench.Micro;

/// <summary>What HTTP/2 costs per request: HPACK by itself, then both ends of a connection. 0 bytes allocated everywhere.</summary>
public class Http2Benchmarks
{
    private static readonly (byte[] Name, byte[] Value)[] Fields =
    [
        .. new[]
        {
            ":method: GET", ":scheme: https", ":path: /users/123?expand=orders", ":authority: user-service.shop",
            "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "accept-language: en-US,en;q=0.5",
            "accept-encoding: gzip, deflate, br, zstd", "cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }.Select(line => (Bytes(line[..line.IndexOf(':', 1)]), Bytes(line[(line.IndexOf(':', 1) + 2)..]))),
    ];

    private readonly Http2Memory _memory = new();
    private readonly Http2Head _head = new();
    private HpackDecoder _decoder = null!;
    private HpackEncoder _encoder = null!;
    private Http2OutputBuffer _output = null!;
    private byte[] _plain = null!;
    private byte[] _huffman = null!;
    private byte[] _indexed = null!;
    private Http2Connection _client = null!;
    private Http2Connection _server = null!;

    [GlobalSetup]
    public void Setup()
    {
        _output = new Http2OutputBuffer(_memory);
        _plain = Encode(new HpackEncoder(0, huffman: false));
        _huffman = Encode(new HpackEncoder(0, huffman: true));
        _encoder = new HpackEncoder(4096, huffman: false);
        _decoder = new HpackDecoder(4096);
        for (int i = 0; i < 3; i++)
        {
            _indexed = Encode(_encoder);
            _head.Reset();
            _decoder.TryDecode(_indexed, _head);
        }
        _client = new Http2Connection(Http2Role.Client, memory: _memory);
        _server = new Http2Connection(Http2Role.Server, memory: _memory);
    }

    [Benchmark]
    public bool DecodePlainLiterals() => Decode(_plain);

    [Benchmark]
    public bool DecodeHuffmanLiterals() => Decode(_huffman);

    [Benchmark]
    public bool DecodeIndexed() => Decode(_indexed);

    [Benchmark]
    public int EncodeRepeatedHead()
    {
        _encoder.Begin(_output);
        foreach ((byte[] name, byte[] value) in Fields) _encoder.Field(_output, name, value);
        int length = _output.Length;
        _output.Consume(length);
        return length;
    }

    /// <summary>A request and its response, written and read at both ends.</summary>
    [Benchmark]
    public int WholeExchange()
    {
        Http2Stream stream = _client.TryOpen()!;
        _client.BeginRequest(stream, "GET"u8, "http"u8, "app"u8, "/path"u8);
        _client.Field("user-agent"u8, "bench"u8);
        _client.EndHead(stream, endStream: true);
        while (_client.OutputLength + _server.OutputLength > 0)
        {
            Move(_client, _server);
            Move(_server, _client);
        }
        return _server.OpenStreams;
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private bool Decode(byte[] block)
    {
        _head.Reset();
        return _decoder.TryDecode(block, _head);
    }

    private byte[] Encode(HpackEncoder encoder)
    {
        encoder.Begin(_output);
        foreach ((byte[] name, byte[] value) in Fields) encoder.Field(_output, name, value);
        byte[] block = _output.Pending.ToArray();
        _output.Consume(block.Length);
        return block;
    }

    private static void Move(Http2Connection from, Http2Connection to)
    {
        int start = 0;
        ReadOnlySpan<byte> output = from.Output;
        while (true)
        {
            Http2Event e = to.Read(output[start..], out int consumed);
            start += consumed;
            if (e.Kind == Http2EventKind.NeedMore) break;
            if (e.Kind == Http2EventKind.Data) to.Consume(e.Stream!, e.Data.Length);
            if (!e.EndStream) continue;
            if (e.Stream!.Head.Status == 0)
            {
                to.BeginResponse(200);
                to.Field("content-type"u8, "text/plain"u8);
                to.EndHead(e.Stream, endStream: false);
                to.WriteData(e.Stream, "hello"u8, endStream: true);
            }
            to.Release(e.Stream);
        }
        from.Sent(start);
    }
}
