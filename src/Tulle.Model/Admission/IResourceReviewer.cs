using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.Model.Admission;

/// <summary>
/// Asked before an object is written. An <see cref="Severity.Error"/> refuses it; the other findings reach the author
/// as <c>Warning:</c> headers. Called on any thread, several at once; may wait, for well under a second, until it is sure.
/// </summary>
public interface IResourceReviewer
{
    /// <param name="kind">What the object is.</param>
    /// <param name="obj">The whole object as it would be written, after its own schema check.</param>
    ValueTask<IReadOnlyList<Finding>> ReviewAsync(ResourceKind kind, MappingNode obj);
}
