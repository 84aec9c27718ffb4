using System.Buffers.Binary;
using System.Net.Security;
using System.Text;
using CsCheck;
using Tulle.Http.Detection;
using Tulle.Http.Tests.Http1;

namespace Tulle.Http.Tests.Detection;

public sealed class ClientHelloReaderTests
{
    private static readonly byte[] Hello = Capture("users.shop", "tulle-http/1.1", "h2");

    [Fact]
    public void Read_RealHello_FindsServerNameAndProtocols()
    {
        ClientHelloResult result = ClientHelloReader.Read(Hello, default, out ClientHello hello);

        Assert.Equal(ClientHelloResult.Complete, result);
        Assert.Equal("users.shop", Encoding.ASCII.GetString(hello.ServerName));
        Assert.True(hello.Offers("tulle-http/1.1"u8));
        Assert.True(hello.Offers("h2"u8));
        Assert.False(hello.Offers("http/1.1"u8));
    }

    [Fact]
    public void Read_HelloWithoutNameAndProtocols_IsCompleteAndEmpty()
    {
        Assert.Equal(ClientHelloResult.Complete, ClientHelloReader.Read(Capture(""), default, out ClientHello hello));
        Assert.True(hello.ServerName.IsEmpty);
        Assert.False(hello.Offers("h2"u8));
    }

    [Fact]
    public void Read_EveryPrefix_NeedsMore()
    {
        for (int length = 0; length < Hello.Length; length++)
            Assert.Equal(ClientHelloResult.NeedMore, ClientHelloReader.Read(Hello.AsSpan(0, length), default, out _));
    }

    [Fact]
    public void Read_HelloOverManyRecords_IsPutTogether() => Gen.Int[1, 200].Array[1, 5].Sample(sizes =>
    {
        byte[] split = SplitRecords(Hello, sizes);
        var scratch = new byte[ClientHelloReader.MaxHelloBytes];
        for (int length = 0; length < split.Length; length++)
            Assert.Equal(ClientHelloResult.NeedMore, ClientHelloReader.Read(split.AsSpan(0, length), scratch, out _));

        Assert.Equal(ClientHelloResult.Complete, ClientHelloReader.Read(split, scratch, out ClientHello hello));
        Assert.Equal("users.shop", Encoding.ASCII.GetString(hello.ServerName));
    }, iter: 50);

    [Fact]
    public void Read_SplitHelloLargerThanScratch_IsInvalid()
    {
        byte[] split = SplitRecords(Hello, [50]);
        Assert.Equal(ClientHelloResult.Invalid, ClientHelloReader.Read(split, new byte[100], out _));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", ClientHelloResult.NotTls)]
    [InlineData("\u0017\u0003\u0003\0\u0001x", ClientHelloResult.NotTls)]
    [InlineData("\u0016\u0003\u0001\0\0", ClientHelloResult.Invalid)]
    [InlineData("\u0016\u0003\u0001\u0040\u0001", ClientHelloResult.Invalid)]
    [InlineData("\u0016\u0003\u0001\0\u0004\u0002\0\0\0", ClientHelloResult.Invalid)]
    [InlineData("\u0016\u0003\u0001\0\u0004\u0001\u00ff\u00ff\u00ff", ClientHelloResult.Invalid)]
    public void Read_NoHello_IsTold(string bytes, ClientHelloResult expected)
    {
        Assert.Equal(expected, ClientHelloReader.Read(Encoding.Latin1.GetBytes(bytes), new byte[1024], out _));
    }

    [Fact]
    public void Read_DamagedHello_NeverThrows() => Generators.Mutations.Sample(mutations =>
    {
        byte[] damaged = Generators.Mutate(Hello, mutations);
        var scratch = new byte[ClientHelloReader.MaxHelloBytes];
        ClientHelloReader.Read(damaged, scratch, out ClientHello hello);
        hello.Offers("h2"u8);
    }, iter: 5_000);

    /// <summary>What a real client sends first.</summary>
    private static byte[] Capture(string serverName, params string[] protocols)
    {
        var wire = new CapturingStream();
        using var client = new SslStream(wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols.Select(name => new SslApplicationProtocol(name))],
        };
        Assert.ThrowsAny<IOException>(() => client.AuthenticateAsClient(options));
        return wire.Written.ToArray();
    }

    private static byte[] SplitRecords(byte[] record, int[] sizes)
    {
        var result = new List<byte>();
        ReadOnlySpan<byte> rest = record.AsSpan(5, BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(3)));
        for (int i = 0; !rest.IsEmpty; i++)
        {
            int size = Math.Min(sizes[i % sizes.Length], rest.Length);
            result.AddRange([22, 3, 1, (byte)(size >> 8), (byte)size]);
            result.AddRange(rest[..size]);
            rest = rest[size..];
        }
        return [.. result];
    }

    /// <summary>Keeps what is written and has nothing to read.</summary>
    private sealed class CapturingStream : Stream
    {
        public MemoryStream Written { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);
    }
}
