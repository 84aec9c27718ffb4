namespace Tulle.Http.Http2;

/// <summary>Which end of a connection this is.</summary>
public enum Http2Role : byte
{
    /// <summary>Answers requests.</summary>
    Server,

    /// <summary>Sends requests.</summary>
    Client,
}
