namespace Tulle.Http;

/// <summary>Request methods that the proxy treats by name (RFC 9110 §9.3, RFC 5789). Method names are case-sensitive.</summary>
public enum KnownMethod : byte
{
    /// <summary>Any other token; its text is in the head's method range.</summary>
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Connect,
    Options,
    Trace,
    Patch,
}
