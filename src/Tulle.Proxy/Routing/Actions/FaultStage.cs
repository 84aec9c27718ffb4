namespace Tulle.Proxy.Routing.Actions;

/// <summary>How far the fault that a route injects into a request has come.</summary>
internal enum FaultStage : byte
{
    None,

    /// <summary>The request waits.</summary>
    Delaying,

    /// <summary>The delay is over, or there was none.</summary>
    Delayed,
}
