namespace Tulle.Http.Http1;

/// <summary>What the Connection fields of a head say.</summary>
[Flags]
internal enum ConnectionOptions : byte
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,

    /// <summary>Some option names another field, which is then hop-by-hop.</summary>
    Nominations = 8,

    /// <summary>An option is not a token.</summary>
    Invalid = 16,
}
