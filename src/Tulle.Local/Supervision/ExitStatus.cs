namespace Tulle.Local.Supervision;

/// <summary>How a process ended.</summary>
/// <param name="Code">Exit code; null when a signal ended it, or when it was adopted and its code went to another parent.</param>
/// <param name="Signal">The signal that ended it; null when none did or it is not known.</param>
internal readonly record struct ExitStatus(int? Code, int? Signal)
{
    public static readonly ExitStatus Unknown;

    // wait(2): the low seven bits are the signal, the next byte is the exit code.
    public static ExitStatus OfWait(int status) =>
        (status & 0x7f) == 0 ? new ExitStatus((status >> 8) & 0xff, null) : new ExitStatus(null, status & 0x7f);

    public override string ToString() => this switch
    {
        { Code: { } code } => $"ended with exit code {code}",
        { Signal: 9 } => "was killed (SIGKILL)",
        { Signal: { } signal } => $"was ended by signal {signal}",
        _ => "ended",
    };
}
