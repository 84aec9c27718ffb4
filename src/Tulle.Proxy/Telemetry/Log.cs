using System.Globalization;
using System.Text;
using Tulle.Proxy.Configuration;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// One line per event on standard error: <c>2026-01-31T12:00:00.000Z warn message</c>. Thread-safe. Secrets are never passed to it.
/// </summary>
/// <remarks>Not on the request path: a line takes a lock and a system call.</remarks>
internal sealed class Log(Stream output, LogLevel level, TimeProvider time)
{
    /// <summary>Longest message, in characters; the rest is cut off. A peer's text must not flood the disk.</summary>
    public const int MaxLength = 2_000;

    private readonly Lock _lock = new();

    public void Debug(string message) => Write(LogLevel.Debug, message);

    public void Info(string message) => Write(LogLevel.Info, message);

    public void Warn(string message) => Write(LogLevel.Warn, message);

    public void Error(string message) => Write(LogLevel.Error, message);

    private void Write(LogLevel messageLevel, string message)
    {
        if (messageLevel < level) return;
        var line = new StringBuilder(message.Length + 40);
        line.Append(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ');
        line.Append(messageLevel switch { LogLevel.Debug => "debug", LogLevel.Info => "info", LogLevel.Warn => "warn", _ => "error" }).Append(' ');
        foreach (char c in message.AsSpan(0, Math.Min(message.Length, MaxLength))) line.Append(char.IsControl(c) ? ' ' : c);
        if (message.Length > MaxLength) line.Append('…');
        byte[] bytes = Encoding.UTF8.GetBytes(line.Append('\n').ToString());

        lock (_lock)
        {
            try
            {
                output.Write(bytes);
                output.Flush();
            }
            catch (IOException)
            {
                // Whoever read standard error is gone; that must not end a proxy.
            }
        }
    }
}
