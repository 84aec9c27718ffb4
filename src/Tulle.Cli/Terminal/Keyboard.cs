using System.Collections.Concurrent;

namespace Tulle.Cli.Terminal;

/// <summary>
/// Keys as they are pressed. A thread of its own waits for them, from the first question on: only while somebody waits is a
/// terminal in the mode that neither shows keys nor keeps them until Enter. Thread-safe.
/// </summary>
internal sealed class Keyboard
{
    private readonly ConcurrentQueue<char> _keys = new();
    private int _started;

    /// <summary>The next key; null when there is none, or no keyboard.</summary>
    public char? Next()
    {
        if (Console.IsInputRedirected) return null;
        if (Interlocked.Exchange(ref _started, 1) == 0) new Thread(Read) { IsBackground = true, Name = "tulle-keyboard" }.Start();
        return _keys.TryDequeue(out char key) ? key : null;
    }

    private void Read()
    {
        try
        {
            while (true) _keys.Enqueue(Console.ReadKey(intercept: true).KeyChar);
        }
        catch (InvalidOperationException)
        {
            // The terminal is gone; the process will hear of it by SIGHUP.
        }
    }
}
