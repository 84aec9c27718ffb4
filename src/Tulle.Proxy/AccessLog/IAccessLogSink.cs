using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.AccessLog;

/// <summary>Where event loops leave the lines of the access log.</summary>
internal interface IAccessLogSink
{
    /// <summary>The way for the lines of one event loop. Any thread.</summary>
    LoopRing NewRing();

    /// <summary>Tells the writer that there is something; costs a read while it is at work. Loop thread.</summary>
    void Wake();
}
