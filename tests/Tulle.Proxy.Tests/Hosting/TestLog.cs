using System.Text;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>A log whose lines a test can look at.</summary>
internal sealed class TestLog
{
    private readonly MemoryStream _stream = new();

    public TestLog() => Log = new Log(Stream.Synchronized(_stream), LogLevel.Debug, TimeProvider.System);

    public Log Log { get; }

    public string Text
    {
        get
        {
            lock (_stream) return Encoding.UTF8.GetString(_stream.ToArray());
        }
    }
}
