namespace Tulle.Transport;

/// <summary>What an attempt to read, write, connect or shake hands came to.</summary>
public enum IoStatus
{
    /// <summary>It made progress, or is complete.</summary>
    Done,

    /// <summary>Nothing can be done now; the connection's strand is signaled when that changes.</summary>
    Wait,

    /// <summary>The peer has sent everything (FIN, or close_notify under TLS). Reads only.</summary>
    End,

    /// <summary>The buffer is full; consume first. Reads only.</summary>
    Full,

    /// <summary>The connection is broken; all that is left is to close it.</summary>
    Failed,
}
