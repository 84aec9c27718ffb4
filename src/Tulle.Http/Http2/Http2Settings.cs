namespace Tulle.Http.Http2;

/// <summary>What one side of a connection has announced, RFC 9113 §6.5.2; the initial values until then.</summary>
public struct Http2Settings
{
    /// <summary>Initial SETTINGS_HEADER_TABLE_SIZE.</summary>
    public const int DefaultHeaderTableSize = 4_096;

    /// <summary>Initial window of a stream and of the connection, RFC 9113 §6.9.2.</summary>
    public const int DefaultWindow = 65_535;

    /// <summary>The values before any SETTINGS frame.</summary>
    public Http2Settings()
    {
    }

    /// <summary>Bytes of the other side's encoder table.</summary>
    public uint HeaderTableSize { get; internal set; } = DefaultHeaderTableSize;

    /// <summary>Streams that the other side may have open; unlimited at first.</summary>
    public uint MaxConcurrentStreams { get; internal set; } = uint.MaxValue;

    /// <summary>Window with which the other side's sending on a stream begins.</summary>
    public int InitialWindow { get; internal set; } = DefaultWindow;

    /// <summary>Largest payload that the other side may send in a frame.</summary>
    public int MaxFrameSize { get; internal set; } = Http2FrameHeader.DefaultMaxPayload;

    /// <summary>Advice on how large a head may be, as RFC 9113 §6.5.2 counts.</summary>
    public uint MaxHeaderListSize { get; internal set; } = uint.MaxValue;

    /// <summary>Extended CONNECT may be used, RFC 8441.</summary>
    public bool EnableConnectProtocol { get; internal set; }
}
