namespace Tulle.Local.Logs;

/// <summary>Reads log files as <c>tail</c> does.</summary>
public static class LogReader
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Copies a log file, or its end, and with <paramref name="follow"/> what comes after it until cancelled.</summary>
    /// <param name="path">The file; while following it may appear later.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="tailLines">Only the last so many lines; null for all.</param>
    /// <param name="follow">Whether to go on.</param>
    /// <param name="clock">For the wait between looks.</param>
    /// <param name="cancellation">Ends following, without an exception.</param>
    public static async Task CopyAsync(string path, Stream output, long? tailLines, bool follow, TimeProvider clock, CancellationToken cancellation)
    {
        long position = 0;
        bool first = true;
        try
        {
            while (true)
            {
                if (File.Exists(path))
                {
                    await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    if (first && tailLines is { } lines) position = TailStart(file, lines);
                    // A file shorter than before was turned over: it starts again.
                    if (file.Length < position) position = 0;
                    file.Position = position;
                    await file.CopyToAsync(output, cancellation).ConfigureAwait(false);
                    position = file.Position;
                    first = false;
                }
                if (!follow) return;
                await output.FlushAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(PollEvery, clock, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (follow)
        {
            // The way following ends.
        }
    }

    private static long TailStart(FileStream file, long lines)
    {
        if (lines <= 0) return file.Length;
        const int BlockSize = 16 * 1024;
        byte[] block = new byte[BlockSize];
        long end = file.Length;
        long seen = 0;
        for (long start = end; start > 0;)
        {
            int length = (int)Math.Min(BlockSize, start);
            start -= length;
            file.Position = start;
            file.ReadExactly(block, 0, length);
            for (int i = length - 1; i >= 0; i--)
            {
                // The newline that ends the last line does not begin another.
                if (block[i] == '\n' && start + i != end - 1 && ++seen == lines) return start + i + 1;
            }
        }
        return 0;
    }
}
