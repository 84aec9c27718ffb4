using System.Diagnostics.CodeAnalysis;
using Tulle.Identity;

namespace Tulle.Proxy.Discovery;

internal static class AnchorsFile
{
    /// <summary>Largest file looked at, bytes: 64 anchors of 4 KB.</summary>
    public const int MaxLength = 256 * 1024;

    /// <param name="error">One sentence that names the file.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out TrustBundle? bundle, [NotNullWhen(false)] out string? error)
    {
        bundle = null;
        string pem;
        try
        {
            if (new FileInfo(path).Length > MaxLength)
            {
                error = $"The trust anchors in {path} cannot be used: the file is longer than {MaxLength} bytes.";
                return false;
            }
            pem = File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"The trust anchors in {path} cannot be read; the file must exist and be readable by this user.";
            return false;
        }

        if (TrustBundle.TryParse(pem, out bundle, out string? problem))
        {
            error = null;
            return true;
        }

        error = $"The trust anchors in {path} cannot be used: {problem}.";
        return false;
    }
}
