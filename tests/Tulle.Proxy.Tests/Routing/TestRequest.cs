using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;

namespace Tulle.Proxy.Tests.Routing;

/// <summary>A parsed request to match against.</summary>
internal sealed class TestRequest
{
    private readonly Http1RequestHead _head = new();
    private readonly byte[] _buffer;

    public TestRequest(string head)
    {
        _buffer = Encoding.Latin1.GetBytes(head);
        Assert.True(_head.Parse(_buffer) == ParseResult.Complete, _head.Error.Text);
    }

    public RequestView View => new(_head, _buffer);

    /// <summary>GET of a target at host "users", with more header lines.</summary>
    public static TestRequest Get(string target, params string[] fields) =>
        new($"GET {target} HTTP/1.1\r\nHost: users\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n");
}
