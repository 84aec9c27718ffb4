using Tulle.Model.Findings;

namespace Tulle.Model.Analysis;

/// <summary>A finding and the object it is about.</summary>
public sealed record ObjectFinding(string Kind, string Namespace, string Name, Finding Finding)
{
    public override string ToString() => $"{Kind} {Namespace}/{Name}: {Finding}";
}
