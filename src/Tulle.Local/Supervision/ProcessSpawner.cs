using System.Runtime.InteropServices;
using System.Text;

namespace Tulle.Local.Supervision;

/// <summary>
/// Starts processes that live on when this one dies: each leads its own session, reads nothing, and writes straight to its
/// log file rather than into a pipe of ours.
/// </summary>
internal static unsafe class ProcessSpawner
{
    // glibc on x86-64 needs 80 and 336 bytes, musl less, a sigset_t 128.
    private const int OpaqueSize = 512;

    // ls -l of the log: only the user who runs the mesh may read what services say.
    private const uint LogMode = 0b110_000_000;

    /// <returns>The process, or in one sentence why there is none.</returns>
    public static (int Pid, string? Fault) Start(ProcessConfig config)
    {
        if (!Directory.Exists(config.WorkingDirectory)) return (0, $"the working directory {config.WorkingDirectory} does not exist");
        string? program = ProgramPath.Find(config.Command[0], config.WorkingDirectory, config.Environment.GetValueOrDefault("PATH"));
        if (program is null) return (0, ProgramPath.WhyNone(config.Command[0], config.WorkingDirectory));

        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[OpaqueSize];
        byte** arguments = Strings(config.Command);
        byte** environment = Strings([.. config.Environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        Libc.InitFileActions(actions);
        Libc.InitAttributes(attributes);
        try
        {
            Libc.AddOpen(actions, 0, "/dev/null", Libc.ReadOnly, 0);
            Libc.AddOpen(actions, 1, config.LogPath, Libc.WriteOnly | Libc.Create | Libc.Append, LogMode);
            Libc.AddDuplicate(actions, 1, 2);
            Libc.AddChangeDirectory(actions, config.WorkingDirectory);
            // .NET ignores SIGPIPE and may block signals; a child must not inherit that.
            Libc.FillSignals(signals);
            Libc.SetSignalDefaults(attributes, signals);
            Libc.EmptySignals(signals);
            Libc.SetSignalMask(attributes, signals);
            Libc.SetFlags(attributes, Libc.SpawnSetSession | Libc.SpawnSetSignalDefaults | Libc.SpawnSetSignalMask);
            int error = Libc.Spawn(out int pid, program, actions, attributes, arguments, environment);
            return error == 0 ? (pid, null) : (0, $"{program}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            Libc.DestroyAttributes(attributes);
            Libc.DestroyFileActions(actions);
            Free(arguments);
            Free(environment);
        }
    }

    private static byte** Strings(IReadOnlyList<string> texts)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)(texts.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Count; i++)
        {
            int length = Encoding.UTF8.GetByteCount(texts[i]);
            array[i] = (byte*)NativeMemory.AllocZeroed((nuint)length + 1);
            Encoding.UTF8.GetBytes(texts[i], new Span<byte>(array[i], length));
        }
        return array;
    }

    private static void Free(byte** array)
    {
        for (byte** item = array; *item is not null; item++) NativeMemory.Free(*item);
        NativeMemory.Free(array);
    }
}
