using System.Text;
using CsCheck;
using Tulle.Http.Grpc;

namespace Tulle.Http.Tests.Grpc;

public sealed class GrpcTests
{
    [Theory]
    [InlineData("1H", 3_600_000_000)]
    [InlineData("2M", 120_000_000)]
    [InlineData("10S", 10_000_000)]
    [InlineData("250m", 250_000)]
    [InlineData("99999999u", 99_999_999)]
    [InlineData("1500n", 2)]
    [InlineData("0S", 0)]
    public void Timeout_Parse_GivesMicroseconds(string value, long micros)
    {
        Assert.True(GrpcTimeout.TryParse(Encoding.ASCII.GetBytes(value), out TimeSpan timeout));
        Assert.Equal(micros, (long)Math.Ceiling(timeout.TotalMicroseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    [InlineData(" 1S")]
    public void Timeout_ParseWrong_IsRefused(string value) => Assert.False(GrpcTimeout.TryParse(Encoding.ASCII.GetBytes(value), out _));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 20].Sample(bytes =>
    {
        bool valid = GrpcTimeout.TryParse(bytes, out TimeSpan timeout);
        return (!valid || timeout >= TimeSpan.Zero) && GrpcCodes.Parse(bytes) is >= 0 and <= 99;
    });

    [Theory]
    [InlineData("0", GrpcCodes.Ok)]
    [InlineData("14", 14)]
    [InlineData("16", 16)]
    [InlineData("", GrpcCodes.Unknown)]
    [InlineData("x", GrpcCodes.Unknown)]
    [InlineData("100", GrpcCodes.Unknown)]
    public void Status_Parse_GivesTheCode(string value, int expected) => Assert.Equal(expected, GrpcCodes.Parse(Encoding.ASCII.GetBytes(value)));
}
