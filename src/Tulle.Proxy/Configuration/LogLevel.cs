namespace Tulle.Proxy.Configuration;

/// <summary>From what on a message is written.</summary>
internal enum LogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}
