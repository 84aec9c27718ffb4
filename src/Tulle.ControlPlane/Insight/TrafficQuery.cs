namespace Tulle.ControlPlane.Insight;

/// <summary>Which edges or routes a person asks about.</summary>
/// <param name="Target">What they have to do with; null for everything.</param>
/// <param name="Namespace">Namespace they have to do with; null for all.</param>
/// <param name="WindowSeconds">How far back.</param>
/// <param name="To">Only requests to this; null for any receiver.</param>
/// <param name="From">Only requests from this; null for any sender.</param>
internal sealed record TrafficQuery(Selection? Target, string? Namespace, int WindowSeconds, Selection? To, Selection? From);
