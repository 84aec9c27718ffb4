using System.Text;
using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Tests.Resilience;

public sealed class HeaderFieldTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("3", 3_000_000)]
    [InlineData("Tue, 01 Jan 2030 12:00:05 GMT", 5_000_000)]
    [InlineData("Tue, 01 Jan 2030 11:59:00 GMT", 0)]
    [InlineData("", -1)]
    [InlineData("-1", -1)]
    [InlineData("1.5", -1)]
    [InlineData("soon", -1)]
    [InlineData("3 s", -1)]
    public void RetryAfter_Value_IsMicroseconds(string value, long expected) =>
        Assert.Equal(expected, RetryAfter.Parse(Encoding.ASCII.GetBytes(value), Now));

    [Fact]
    public void Parse_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 60].Sample(bytes => _ = RetryAfter.Parse(bytes, Now));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(5_000, 0, 5_000_000)]
    [InlineData(0, 2_000_000, 2_000_000)]
    [InlineData(5_000, 2_000_000, 2_000_000)]
    [InlineData(1_000, 2_000_000, 1_000_000)]
    public void RequestLimit_GrpcTimeout_IsCappedByTheRoute(long routeMs, long grpcMicros, long expected) =>
        Assert.Equal(expected, TimeoutsModel.Compile(new Timeouts { RequestMs = routeMs }).RequestLimit(grpcMicros));
}
