using BenchmarkDotNet.Attributes;
using Tulle.Http;
using Tulle.Http.Detection;
using Tulle.Http.Http1;

namespace Tulle.Bench.Micro;

/// <summary>What the codec costs per request: 0 bytes allocated everywhere.</summary>
public class CodecBenchmarks
{
    private static readonly byte[] SmallRequest = "GET / HTTP/1.1\r\nHost: users:8080\r\n\r\n"u8.ToArray();

    private static readonly byte[] BrowserRequest = (
        "GET http://user-service.shop:80/users/123?expand=orders HTTP/1.1\r\nHost: user-service.shop\r\n"
        + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\n"
        + "Accept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\nCookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
        + "Upgrade-Insecure-Requests: 1\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\n"
        + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n").Select(c => (byte)c).ToArray();

    private static readonly byte[] Response = (
        "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 22 Nov 2026 17:00:00 GMT\r\nContent-Type: application/json\r\n"
        + "Content-Length: 128\r\nConnection: keep-alive\r\n\r\n").Select(c => (byte)c).ToArray();

    private static readonly byte[] Chunks = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("400\r\n" + new string('x', 1024) + "\r\n", 16)) + "0\r\n\r\n");

    private readonly Http1RequestHead _request = new();
    private readonly Http1RequestHead _parsed = new();
    private readonly Http1ResponseHead _response = new();
    private readonly byte[] _destination = new byte[4096];

    [GlobalSetup]
    public void Setup() => _parsed.Parse(BrowserRequest);

    [Benchmark]
    public ParseResult ParseSmallRequest()
    {
        _request.Reset();
        return _request.Parse(SmallRequest);
    }

    [Benchmark]
    public ParseResult ParseBrowserRequest()
    {
        _request.Reset();
        return _request.Parse(BrowserRequest);
    }

    [Benchmark]
    public ParseResult ParseResponse()
    {
        _response.Reset(KnownMethod.Get);
        return _response.Parse(Response);
    }

    [Benchmark]
    public int WriteBrowserRequest()
    {
        Http1HeadWriter.TryWriteRequest(_parsed, BrowserRequest, _destination, default, out int written);
        return written;
    }

    [Benchmark]
    public int FollowChunkedBodyOf16KiB()
    {
        var body = new Http1Body();
        body.Start(MessageFraming.Chunked, -1, Http1Limits.Default);
        body.Advance(Chunks, out int take);
        return take;
    }

    [Benchmark]
    public DetectedProtocol Detect() => ProtocolDetector.Detect(BrowserRequest);
}
