namespace Tulle.Http.Http1;

/// <summary>The forms of a request target (RFC 9112 §3.2).</summary>
public enum TargetForm : byte
{
    /// <summary>/path?query</summary>
    Origin,

    /// <summary>http://host/path?query, as sent to a proxy.</summary>
    Absolute,

    /// <summary>host:port, CONNECT only.</summary>
    Authority,

    /// <summary>*, OPTIONS only.</summary>
    Asterisk,
}
