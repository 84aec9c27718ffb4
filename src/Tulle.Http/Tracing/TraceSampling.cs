namespace Tulle.Http.Tracing;

/// <summary>What a request says about whether its trace is recorded.</summary>
public enum TraceSampling : byte
{
    /// <summary>Nothing: whoever reads it first decides (B3's "defer"; no context at all).</summary>
    Deferred,

    /// <summary>It is not.</summary>
    Dropped,

    /// <summary>It is.</summary>
    Sampled,

    /// <summary>It is, whatever limits say (B3's debug flag).</summary>
    Debug,
}
