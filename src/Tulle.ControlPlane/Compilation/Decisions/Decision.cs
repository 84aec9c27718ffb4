using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Compilation.Decisions;

/// <summary>What became of an object that says something about a service.</summary>
/// <param name="Object">The object.</param>
/// <param name="Rule">The part of it that is meant; null for all of it.</param>
/// <param name="Applied">Whether it has an effect.</param>
/// <param name="Why">Why it has, or has not: a sentence without a full stop.</param>
internal sealed record Decision(ObjectReference Object, string? Rule, bool Applied, string Why)
{
    /// <summary>The kinds in the order of their precedence; the last are those that do not say where requests go.</summary>
    private static readonly string[] Precedence = ["VirtualService", "TrafficSplit", "ServiceProfile", "Service", "DestinationRule", "PeerAuthentication"];

    /// <summary>Place of the kind in the order of precedence.</summary>
    public int Rank => Array.IndexOf(Precedence, Object.Kind) is >= 0 and var rank ? rank : Precedence.Length;
}
