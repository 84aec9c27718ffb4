using System.Text;

namespace Tulle.Local.Supervision;

/// <summary>The end of a program's log, where it mostly says why it ended.</summary>
internal static class LogEnd
{
    /// <summary>Bytes of the end that are read, and characters of a line that are told.</summary>
    private const int Tail = 4096, Longest = 200;

    /// <summary>Where a run that starts now will write its first byte.</summary>
    public static long Position(string path)
    {
        var log = new FileInfo(path);
        return log.Exists ? log.Length : 0;
    }

    /// <summary>The text at the end; empty when there is none, or it cannot be read.</summary>
    /// <param name="path">The log.</param>
    /// <param name="from">Where the run that is asked about began to write, in bytes: earlier ones had reasons of their own.</param>
    public static string Read(string path, long from = 0)
    {
        try
        {
            using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // A log that is shorter than it was has been turned over since.
            log.Position = Math.Max(log.Length - Tail, from <= log.Length ? from : 0);
            using var reader = new StreamReader(log, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The last line that is not blank, without what would move a terminal's cursor; empty when there is none.</summary>
    public static string LastLine(string path, long from = 0)
    {
        string line = Read(path, from).Split('\n').Select(line => new string([.. line.Where(c => !char.IsControl(c))]).Trim()).LastOrDefault(line => line.Length > 0) ?? "";
        return line.Length <= Longest ? line : $"{line.AsSpan(0, Longest)}…";
    }
}
