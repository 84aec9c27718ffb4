using System.Diagnostics.CodeAnalysis;

namespace Tulle.Proxy.Hosting;

/// <summary>Opens what the access log is written to.</summary>
internal static class AccessLogFile
{
    /// <param name="path">A file, which is appended to; "-" or null for standard output.</param>
    /// <param name="standardOutput">What "-" stands for.</param>
    /// <param name="output">Unbuffered: the log's writer collects lines itself.</param>
    /// <param name="error">What is wrong and what to do, for people.</param>
    public static bool TryOpen(string? path, Stream standardOutput, [NotNullWhen(true)] out Stream? output, [NotNullWhen(false)] out string? error)
    {
        output = null;
        error = null;
        if (path is null or "-")
        {
            output = standardOutput;
            return true;
        }
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            };
            // Paths and queries hold what is nobody else's business.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            output = new FileStream(path, options);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            error = $"The access log {path} (--access-log) cannot be opened for writing: {exception.Message}";
            return false;
        }
    }
}
