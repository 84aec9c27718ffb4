using System.Security.Cryptography;

namespace Tulle.ApiServer.Admission;

/// <summary>Names that the server completes (<c>metadata.generateName</c>).</summary>
internal static class GeneratedNames
{
    // 63 is the longest name that every kind takes; without vowels no suffix spells a word.
    private const int MaxPrefix = 58;
    private const int SuffixLength = 5;
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A random name that starts with <paramref name="prefix"/>.</summary>
    public static string From(string prefix)
    {
        string stem = prefix.Length > MaxPrefix ? prefix[..MaxPrefix] : prefix;
        return stem + RandomNumberGenerator.GetString(Alphabet, SuffixLength);
    }
}
