using System.Text;

namespace Tulle.Cli.Resources;

/// <summary>Reads text that a person wrote: UTF-8, or what a byte order mark says.</summary>
internal static class TextFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no text: letters would be lost without a word.</exception>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path, Strict, detectEncodingFromByteOrderMarks: true);
        try
        {
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("it is not UTF-8 text; save it as UTF-8");
        }
    }
}
