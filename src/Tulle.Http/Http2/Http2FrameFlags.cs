namespace Tulle.Http.Http2;

/// <summary>Frame flags, RFC 9113 §6. Which apply depends on the frame's type; others are ignored (§4.1).</summary>
[Flags]
public enum Http2FrameFlags : byte
{
    None = 0x0,

    /// <summary>DATA and HEADERS: the sender's last frame on the stream.</summary>
    EndStream = 0x1,

    /// <summary>SETTINGS and PING.</summary>
    Ack = 0x1,

    /// <summary>HEADERS, CONTINUATION and PUSH_PROMISE: the field block is complete.</summary>
    EndHeaders = 0x4,

    /// <summary>DATA, HEADERS and PUSH_PROMISE.</summary>
    Padded = 0x8,

    /// <summary>HEADERS: five bytes of priority stand before the field block.</summary>
    Priority = 0x20,
}
