namespace Tulle.Local.Mirroring;

/// <summary>Labels and annotations of the objects that mirror processes.</summary>
public static class MeshLabels
{
    /// <summary>On pods: the Compose service (or <c>tulle run --service</c>) that they are replicas of.</summary>
    public const string Service = "tulle.dev/service";

    /// <summary>Common label of what made an object; see <see cref="Manager"/>.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Value of <see cref="ManagedBy"/>: what has it is removed when the Compose file no longer names it.</summary>
    public const string Manager = "tulle-local";

    /// <summary>Value of <see cref="ManagedBy"/> on what <c>tulle run</c> made.</summary>
    public const string JoinedManager = "tulle-run";

    /// <summary>On pods: the loopback address that they were given, before their status says it.</summary>
    public const string Address = "tulle.dev/address";

    /// <summary>On pods of <c>tulle run</c>: the process that looks after them, <c>PID:START</c>.</summary>
    public const string Supervisor = "tulle.dev/supervisor";
}
