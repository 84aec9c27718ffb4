namespace Tulle.Model.Validation;

/// <summary>What a part of a regular expression costs once its counted repetitions are written out.</summary>
/// <param name="Steps">Instructions.</param>
/// <param name="Parts">Parts that a compiler visits; repetitions of nothing have no instructions, but are visited all the same.</param>
internal readonly record struct RegexCost(long Steps, long Parts)
{
    // What the proxy's compiler visits at most.
    private const long MaxParts = 16 * RegexSyntax.MaxSteps;

    public static readonly RegexCost Nothing = new(0, 1);

    public static readonly RegexCost Step = new(1, 1);

    public bool IsTooLarge => Steps + 1 > RegexSyntax.MaxSteps || Parts > MaxParts;

    public RegexCost Plus(RegexCost other) => Bounded(Steps + other.Steps, Parts + other.Parts);

    public RegexCost Times(int count) => Bounded(Steps * count, (Parts * count) + 1);

    // Far above the limits, far below an overflow.
    private static RegexCost Bounded(long steps, long parts) => new(Math.Min(steps, 1_000_000), Math.Min(parts, 1_000_000));
}
