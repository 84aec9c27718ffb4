namespace Tulle.Http;

/// <summary>What a sans-I/O codec says about the bytes it was given.</summary>
public enum ParseResult : byte
{
    /// <summary>Everything so far is right; call again when there are more bytes.</summary>
    NeedMore,

    /// <summary>The element ended inside the given bytes.</summary>
    Complete,

    /// <summary>The bytes break the protocol. The connection cannot be used further in this direction.</summary>
    Invalid,
}
