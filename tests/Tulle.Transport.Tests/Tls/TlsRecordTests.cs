using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tulle.Transport.Tls;

namespace Tulle.Transport.Tests.Tls;

/// <summary>Records that come in pieces, cut where the test wants it.</summary>
public sealed class TlsRecordTests : IDisposable
{
    private const int RecordBytes = 8_000;
    private const int Records = 4;

    private readonly OpenSslFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(4_000)]
    [InlineData(RecordBytes + 25)]
    public async Task Receive_PartOfARecordThenSeveral_ReadsAllWithoutAnotherEdge(int cut)
    {
        (string chain, string key) = _files.Issue("server", "spiffe://cluster.local/ns/test/sa/server");
        TlsContext context = TlsContext.Create(chain, key, _files.AnchorPem, ["mesh-tcp"], out string? error)!;
        Assert.Null(error);
        using var fixture = new LoopFixture();
        var received = new TaskCompletionSource();
        IPEndPoint address = fixture.Serve(async (strand, connection) =>
        {
            connection.StartTls(context.NewServer());
            while (connection.Handshake() == IoStatus.Wait) await strand;
            for (int left = Records * RecordBytes; left > 0;)
            {
                if (connection.Receive() == IoStatus.Wait) await strand;
                left -= connection.Received.Length;
                connection.Consume(connection.Received.Length);
            }
            received.SetResult();
        });
        using Socket socket = LoopFixture.Client(address);
        using var wire = new HeldStream(new NetworkStream(socket));
        await using SslStream client = await _files.HandshakeAsync(wire, "server", "mesh-tcp");
        wire.Hold();
        for (int i = 0; i < Records; i++) await client.WriteAsync(new byte[RecordBytes], TestContext.Current.CancellationToken);

        wire.Send(cut);
        // What was sent before is an event of the second turn at the latest.
        for (int turn = 0; turn < 2; turn++) await fixture.RunAsync(_ => Task.FromResult(0));
        // The loop looks again when all of the rest is there.
        using var stopped = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        fixture.Loop.Post(
            _ =>
            {
                stopped.Set();
                gate.Wait(TimeSpan.FromMinutes(1));
            },
            null);
        Assert.True(stopped.Wait(TimeSpan.FromMinutes(1)));
        wire.Send((int)wire.Length);
        gate.Set();

        await received.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
