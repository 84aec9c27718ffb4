namespace Tulle.ControlPlane.Insight.Operation;

/// <summary>A limit and how it is used.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Limit">Most there may be.</param>
/// <param name="Used">How much there is.</param>
/// <param name="Hit">How often something was turned away since the start.</param>
internal sealed record LimitUse(string Name, long Limit, long Used, long Hit);
