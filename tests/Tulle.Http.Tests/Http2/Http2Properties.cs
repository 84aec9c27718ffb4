using System.Text;
using CsCheck;
using Tulle.Http.Fuzz;
using Tulle.Http.Http2;

namespace Tulle.Http.Tests.Http2;

/// <summary>Two ends of a connection, and what holds between them whatever they say.</summary>
public sealed class Http2Properties
{
    private static readonly Gen<(string Path, byte[] Body, string[] Fields, bool Trailers)[]> Requests = Gen.Select(
        Gen.String["abc/123"], Gen.Byte.Array[0, 40_000], Gen.String["xyz-"].Where(s => s.Length > 0).Array[0, 5], Gen.Bool).Array[1, 6];

    [Fact]
    public void Requests_BetweenTwoEnds_ArriveAsSent_HoweverTheBytesAreSplit() =>
        Gen.Select(Requests, Gen.Int[1, 3_000]).Sample((requests, piece) =>
        {
            var client = new Http2Connection(Http2Role.Client);
            var server = new Http2Connection(Http2Role.Server);
            var seen = new Http2Transcript(server);
            var answers = new Http2Transcript(client);
            var expected = new StringBuilder("settings\n");

            Exchange();
            foreach ((string path, byte[] body, string[] fields, bool trailers) in requests)
            {
                Http2Stream stream = client.TryOpen()!;
                client.BeginRequest(stream, "POST"u8, "http"u8, "app"u8, Encoding.ASCII.GetBytes("/" + path));
                foreach (string field in fields) client.Field(Encoding.ASCII.GetBytes(field), "v"u8);
                client.EndHead(stream, endStream: false);
                int sent = 0;
                while (sent < body.Length)
                {
                    sent += client.WriteData(stream, body.AsSpan(sent), endStream: false);
                    Exchange();
                }
                if (trailers)
                {
                    client.BeginTrailers();
                    client.Field("sum"u8, "1"u8);
                    client.EndHead(stream, endStream: true);
                }
                else
                {
                    client.End(stream);
                }
                Exchange();
                string head = string.Concat(fields.Select(f => $" | {f}: v"));
                expected.Append($"request {stream.Id} [:method: POST | :scheme: http | :path: /{path} | :authority: app{head}]\n");
                string text = Encoding.Latin1.GetString(body);
                expected.Append(trailers
                    ? (body.Length > 0 ? $"data {stream.Id} \"{text}\"\n" : "") + $"trailers {stream.Id} [sum: 1]\n"
                    : $"data {stream.Id} \"{text}\" end\n");
            }
            return seen.ToString() == expected.ToString() && !answers.Failed;

            void Exchange()
            {
                while (client.OutputLength + server.OutputLength > 0)
                {
                    byte[] toServer = client.Output.ToArray();
                    client.Sent(toServer.Length);
                    seen.Read(toServer, piece);
                    byte[] toClient = server.Output.ToArray();
                    server.Sent(toClient.Length);
                    answers.Read(toClient, piece);
                }
            }
        }, iter: 60);

    [Fact]
    public void Exchange_InSteadyState_AllocatesNothing()
    {
        var memory = new Http2Memory();
        var client = new Http2Connection(Http2Role.Client, memory: memory);
        var server = new Http2Connection(Http2Role.Server, memory: memory);
        byte[] body = new byte[3_000];

        for (int i = 0; i < 500; i++) One();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 2_000; i++) One();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void One()
        {
            Http2Stream stream = client.TryOpen()!;
            client.BeginRequest(stream, "POST"u8, "http"u8, "app"u8, "/path"u8);
            client.Field("content-type"u8, "application/grpc"u8);
            client.EndHead(stream, endStream: false);
            client.WriteData(stream, body, endStream: true);
            while (client.OutputLength + server.OutputLength > 0)
            {
                Move(client, server);
                Move(server, client);
            }
        }

        static void Move(Http2Connection from, Http2Connection to)
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
                    to.Field("grpc-encoding"u8, "identity"u8);
                    to.EndHead(e.Stream, endStream: false);
                    to.End(e.Stream);
                }
                to.Release(e.Stream);
            }
            from.Sent(start);
        }
    }

    [Fact]
    public void Window_WhenAStreamIsNotConsumed_HoldsItsSenderOnly()
    {
        var client = new Http2Connection(Http2Role.Client);
        var server = new Http2Connection(Http2Role.Server);
        var seen = new Http2Transcript(server) { Consumes = false };
        seen.Read(Take(client), int.MaxValue / 2);
        new Http2Transcript(client).Read(Take(server), int.MaxValue / 2);
        Http2Stream first = Open(), second = Open();

        int sent = 0, n;
        while ((n = client.WriteData(first, new byte[10_000], endStream: false)) > 0)
        {
            sent += n;
            seen.Read(Take(client), int.MaxValue / 2);
        }

        Assert.Equal(Http2Limits.Default.StreamWindow, sent);
        Assert.Equal(10, client.WriteData(second, new byte[10], endStream: true));

        Http2Stream Open()
        {
            Http2Stream stream = client.TryOpen()!;
            client.BeginRequest(stream, "POST"u8, "http"u8, "app"u8, "/"u8);
            client.EndHead(stream, endStream: false);
            return stream;
        }

        static byte[] Take(Http2Connection connection)
        {
            byte[] output = connection.Output.ToArray();
            connection.Sent(output.Length);
            return output;
        }
    }
}
