using System.Text;

namespace Tulle.Local.Supervision;

/// <summary>The end of a program's log, where it mostly says why it ended.</summary>
internal static class LogEnd
{
    /// <summary>Bytes of the end that are read, and characters of a line that are told.</summary>
    private const int Tail = 4096, Longest = 200;

    /// <summary>The text at the end; empty when there is none, or it cannot be read.</summary>
    public static string Read(string path)
    {
        try
        {
            using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Seek(-Math.Min(Tail, log.Length), SeekOrigin.End);
            using var reader = new StreamReader(log, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The last line that is not blank, without what would move a terminal's cursor; empty when there is none.</summary>
    public static string LastLine(string path)
    {
        string line = Read(path).Split('\n').Select(line => new string([.. line.Where(c => !char.IsControl(c))]).Trim()).LastOrDefault(line => line.Length > 0) ?? "";
        return line.Length <= Longest ? line : $"{line.AsSpan(0, Longest)}…";
    }
}
