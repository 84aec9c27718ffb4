using Tulle.Http.Detection;
using Tulle.Http.Http1;

namespace Tulle.Http.Tests.Http1;

public sealed class AllocationTests
{
    private static readonly byte[] Request =
        "POST http://users.shop:80/a/b?c=d HTTP/1.1\r\nHost: users\r\nUser-Agent: x\r\nConnection: x-hop, close\r\nX-Hop: 1\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

    private static readonly byte[] Response = "HTTP/1.1 200 OK\r\nContent-Type: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"u8.ToArray();

    private static readonly byte[] Body = "5;x=y\r\nhello\r\n0\r\nTrailer: a\r\n\r\n"u8.ToArray();

    [Fact]
    public void WholeExchange_InSteadyState_AllocatesNothing()
    {
        var request = new Http1RequestHead();
        var response = new Http1ResponseHead();
        FieldEdits[] changes = [new FieldEdits(["tulle-client-id"], [], [new FieldLine("a", "b")])];
        var destination = new byte[4096];

        RunMany();
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunMany();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RunMany()
        {
            var edits = new HeadEdits { Fields = changes, Close = true };
            for (int i = 0; i < 1_000; i++)
            {
                ProtocolDetector.Detect(Request);
                request.Reset();
                request.Parse(Request.AsSpan(0, 40));
                request.Parse(Request);
                Http1HeadWriter.TryWriteRequest(request, Request, destination, edits, out _);
                response.Reset(request.Method);
                response.Parse(Response);
                Http1HeadWriter.TryWriteResponse(response, Response, destination, edits, out _);
                var body = new Http1Body();
                body.Start(response);
                body.Advance(Body, out _);
                LocalResponse.TryWriteError(destination, 503, "tulle-error"u8, "no-endpoints"u8, "text"u8, true, KnownMethod.Get, out _);
            }
        }
    }
}
