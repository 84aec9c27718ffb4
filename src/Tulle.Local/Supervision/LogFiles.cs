namespace Tulle.Local.Supervision;

/// <summary>
/// Keeps log files from filling the disk. Processes append to them by themselves and outlive us, so a file that grew too
/// large is copied aside and emptied in place: their next write lands at its new start.
/// </summary>
internal sealed class LogFiles(string folder, TimeProvider clock)
{
    /// <summary>Size at which a log file is turned over, in bytes: 10 MiB, the kubelet's <c>containerLogMaxSize</c>.</summary>
    public const long MaxBytes = 10 * 1024 * 1024;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(CheckEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false)) TurnOver();
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    /// <summary>Turns over every file that is too large; one earlier file of each is kept, as <c>NAME.log.1</c>.</summary>
    public void TurnOver(long maxBytes = MaxBytes)
    {
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*.log"))
        {
            try
            {
                if (file.Length <= maxBytes) continue;
                File.Copy(file.FullName, $"{file.FullName}.1", overwrite: true);
                using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                stream.SetLength(0);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A full disk, a file that just went away or that is another user's: tried again in ten seconds, and the others all the same.
            }
        }
    }
}
