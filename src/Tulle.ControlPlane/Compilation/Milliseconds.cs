namespace Tulle.ControlPlane.Compilation;

/// <summary>Times as proxies take them.</summary>
internal static class Milliseconds
{
    /// <summary>Rounded up, as 0 means something else than very little; 0 for null.</summary>
    public static long Of(TimeSpan? time) => time is { } given ? (given.Ticks + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond : 0;
}
