using System.Text;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class LogTests
{
    private readonly MemoryStream _output = new();

    [Fact]
    public void Write_Message_IsOneLineWithTimeAndLevel()
    {
        new Log(_output, LogLevel.Info, new ManualClock()).Warn("two\nlines\u001b[31m");
        Assert.Equal("2030-01-01T00:00:00.000Z warn two lines [31m\n", Text);
    }

    [Fact]
    public void Write_BelowLevel_IsLeftOut()
    {
        var log = new Log(_output, LogLevel.Warn, new ManualClock());
        log.Debug("a");
        log.Info("b");
        log.Error("c");
        Assert.Equal("2030-01-01T00:00:00.000Z error c\n", Text);
    }

    [Fact]
    public void Write_VeryLong_IsCutOff()
    {
        new Log(_output, LogLevel.Info, new ManualClock()).Info(new string('x', Log.MaxLength + 500));
        Assert.True(Text.Length < Log.MaxLength + 50);
    }

    [Fact]
    public void Write_NobodyReads_IsIgnored() => new Log(new BrokenStream(), LogLevel.Info, new ManualClock()).Info("x");

    private string Text => Encoding.UTF8.GetString(_output.ToArray());

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("broken pipe");
    }
}
