namespace Tulle.Proxy.Forwarding;

/// <summary>What a step of a session's method came to.</summary>
internal enum Step : byte
{
    /// <summary>Go on with the next step.</summary>
    Done,

    /// <summary>Nothing can be done before something changes: await, then the same step again.</summary>
    Wait,

    /// <summary>It failed; the session's error says why.</summary>
    Failed,
}
