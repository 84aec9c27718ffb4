namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>How bad it is.</summary>
internal enum FindingLevel
{
    /// <summary>Worth knowing; nothing is wrong.</summary>
    Info,

    /// <summary>Some requests fail or may fail.</summary>
    Warning,

    /// <summary>The service, or a part of it, does not work.</summary>
    Error,
}

/// <summary>Something that is wrong.</summary>
/// <param name="Cause">One of <see cref="Causes"/>.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Where">The object or process: <c>service default/users</c>.</param>
/// <param name="What">One sentence for people.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Finding(string Cause, FindingLevel Level, string Where, string What, string Remedy)
{
    /// <summary>What was seen that says so.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
}

/// <summary>One area that was looked at.</summary>
/// <param name="Area">Its name.</param>
/// <param name="Text">What was found there, in a line, also when all is well.</param>
/// <param name="Findings">What is wrong there.</param>
internal sealed record Examination(string Area, string Text, IReadOnlyList<Finding> Findings)
{
    public FindingLevel Level => Findings.Count == 0 ? FindingLevel.Info : Findings.Max(finding => finding.Level);
}

/// <summary>Looks at one area of a service.</summary>
internal interface IExaminer
{
    Examination Examine(Subject subject);
}
