namespace Tulle.Protocol;

/// <summary>What a proxy takes of a route; a destination with more is refused as a whole.</summary>
public static class RouteLimits
{
    /// <summary>Largest body of a direct response, in bytes: what every codec writes in one piece. Istio takes 1 MB and warns above 100 KB.</summary>
    public const int DirectResponseBytes = 32 * 1024;
}
