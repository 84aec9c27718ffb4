using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.Model.Admission;
using Tulle.Model.Analysis;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.ControlPlane.Admission;

/// <summary>
/// Checks an object against the rest of the mesh, as it is known at the moment. What another object could still make good
/// is never an error: files of one apply come in any order.
/// </summary>
internal sealed class SnapshotReviewer(MeshViews views, SnapshotAnalyses analyses, TimeProvider clock) : IResourceReviewer
{
    /// <summary>How long a finding waits for a change that may undo it: several times what a write takes to reach the registry.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(300);

    /// <summary>Most changes that one review looks at, so that a busy mesh does not keep it.</summary>
    private const int MaxChanges = 4;

    public async ValueTask<IReadOnlyList<Finding>> ReviewAsync(ResourceKind kind, MappingNode obj)
    {
        IReadOnlyList<Finding> findings = ReviewNow(kind, obj);
        if (findings.Count == 0) return findings;

        // What is missing may have been written a moment ago, by the same apply, and be on its way here.
        var changed = new SemaphoreSlim(0);
        using IDisposable observation = views.Observe(() => changed.Release());
        for (int changes = 0; changes < MaxChanges; changes++)
        {
            // Again after observing began: the change may have come just before.
            findings = ReviewNow(kind, obj);
            if (findings.Count == 0 || !await ChangedAsync(changed)) break;
        }
        return findings;
    }

    private async Task<bool> ChangedAsync(SemaphoreSlim changed)
    {
        using var settled = new CancellationTokenSource(SettleTime, clock);
        try
        {
            await changed.WaitAsync(settled.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private IReadOnlyList<Finding> ReviewNow(ResourceKind kind, MappingNode obj) =>
        views.Current is CompiledView view ? MeshAnalysis.Review(analyses.Arrange(view.Snapshot), kind, obj) : [];
}
