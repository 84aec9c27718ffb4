namespace Tulle.Local.Addresses;

/// <summary>Ports on a replica's own address.</summary>
internal static class ReplicaPorts
{
    /// <summary>HTTP proxy for the application; Istio's number for the outbound listener.</summary>
    public const int Outbound = 15001;

    /// <summary>Health and metrics of the sidecar; Istio's number for merged telemetry.</summary>
    public const int Admin = 15020;

    /// <summary>Added to ports that need a privilege which this process lacks.</summary>
    public const int Unprivileged = 10000;

    /// <summary>Where the sidecar listens for a service's port.</summary>
    /// <param name="port">The service's port.</param>
    /// <param name="firstAllowed">Lowest port that this process may bind.</param>
    public static int Target(int port, int firstAllowed) => port >= firstAllowed ? port : Unprivileged + port;

    /// <summary>Lowest port that this process may bind: all for root, else what the kernel says (ip(7), ip_unprivileged_port_start).</summary>
    public static int FirstAllowed()
    {
        if (Supervision.Libc.EffectiveUser() == 0) return 1;
        try
        {
            return int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim());
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return 1024;
        }
    }
}
