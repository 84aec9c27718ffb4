using Tulle.Model.Findings;

namespace Tulle.Model.Validation;

/// <summary>
/// Findings of one review, bounded: an object may have more mistakes than anybody reads, or than a response should carry.
/// Each severity has its own bound, so that many warnings never hide an error.
/// </summary>
internal sealed class FindingList
{
    /// <summary>Findings kept of each severity.</summary>
    public const int MaxPerSeverity = 100;

    private readonly List<Finding> _items = [];
    private readonly int[] _counts = new int[3];

    /// <summary>While set, that something has no effect is not recorded.</summary>
    public bool IgnoreNotApplied { get; set; }

    public IReadOnlyList<Finding> Items => _items;

    public void Add(Finding finding)
    {
        if (IgnoreNotApplied && finding.Severity == Severity.NotApplied)
            return;
        if (++_counts[(int)finding.Severity] <= MaxPerSeverity)
            _items.Add(finding);
    }
}
