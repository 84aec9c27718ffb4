using System.Text;
using Tulle.Http.Tracing;

namespace Tulle.Http.Tests.Tracing;

public sealed class TraceHexTests
{
    [Fact]
    public void Write_AnyValue_AreTheDigitsThatReadTakes()
    {
        var random = new Random(7);
        Span<byte> text = stackalloc byte[TraceHex.Digits];
        for (int i = 0; i < 10_000; i++)
        {
            ulong value = (ulong)random.NextInt64() << 1 | (uint)(i & 1);
            TraceHex.Write(value, text);
            Assert.Equal(value.ToString("x16"), Encoding.ASCII.GetString(text));
            Assert.True(TraceHex.TryRead(text, out ulong read));
            Assert.Equal(value, read);
        }
    }

    [Fact]
    public void TryRead_EveryByteAtEveryPlace_TakesLowerCaseDigitsOnly()
    {
        byte[] text = "0123456789abcdef"u8.ToArray();
        for (int place = 0; place < TraceHex.Digits; place++)
        {
            byte usual = text[place];
            for (int value = 0; value < 256; value++)
            {
                text[place] = (byte)value;
                bool isDigit = "0123456789abcdef".Contains((char)value);
                Assert.Equal(isDigit, TraceHex.TryRead(text, out ulong read));
                if (isDigit) Assert.Equal(Convert.ToUInt64(Encoding.ASCII.GetString(text), 16), read);
            }
            text[place] = usual;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789abcdef0")]
    public void TryRead_OtherNumberOfDigits_IsFalse(string text) => Assert.False(TraceHex.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("00", 0)]
    [InlineData("0a", 10)]
    [InlineData("f9", 0xf9)]
    [InlineData("F9", -1)]
    [InlineData("g0", -1)]
    [InlineData("0 ", -1)]
    [InlineData("/0", -1)]
    [InlineData("0:", -1)]
    [InlineData("1", -1)]
    [InlineData("001", -1)]
    public void TryReadByte_Text_IsItsValueOrNone(string text, int expected)
    {
        Assert.Equal(expected >= 0, TraceHex.TryReadByte(Encoding.ASCII.GetBytes(text), out int value));
        if (expected >= 0) Assert.Equal(expected, value);
    }
}
