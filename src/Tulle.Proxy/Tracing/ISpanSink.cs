using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tracing;

/// <summary>Where event loops leave their spans.</summary>
internal interface ISpanSink
{
    /// <summary>The way for the spans of one event loop. Any thread.</summary>
    LoopRing NewRing();
}
