using Tulle.Model.Documents;

namespace Tulle.Model.Findings;

/// <summary>What a finding means for the object it was found in.</summary>
public enum Severity
{
    /// <summary>The object is refused.</summary>
    Error,

    /// <summary>The object is admitted; its author is told.</summary>
    Warning,

    /// <summary>The object is admitted; the named field has no effect in this version.</summary>
    NotApplied,
}

/// <summary>One thing to tell the author of an object: where, what is wrong, and what to write instead.</summary>
/// <param name="Severity">What it means for the object.</param>
/// <param name="Field">Path of the field, as Kubernetes writes it: <c>spec.http[0].route[1].weight</c>; empty for the whole object.</param>
/// <param name="Message">What is wrong: one sentence without a full stop.</param>
/// <param name="Remedy">What to do about it: one sentence without a full stop; empty when the message says it all.</param>
/// <param name="Location">Where it stands in the file; <see cref="SourceLocation.None"/> for objects that came as JSON.</param>
/// <param name="Reason">Machine-readable cause, as a Kubernetes Status cause: <c>FieldValueInvalid</c>, <c>FieldValueRequired</c>, <c>FieldValueNotSupported</c>, <c>FieldValueUnknown</c>…</param>
public sealed record Finding(
    Severity Severity, string Field, string Message, string Remedy, SourceLocation Location, string Reason = "FieldValueInvalid")
{
    /// <summary>The line a person reads: <c>file:line: field: message; remedy</c>.</summary>
    public override string ToString()
    {
        string place = Location == SourceLocation.None ? "" : $"{Location}: ";
        string field = Field.Length == 0 ? "" : $"{Field}: ";
        string remedy = Remedy.Length == 0 ? "" : $"; {Remedy}";
        return $"{place}{field}{Message}{remedy}";
    }
}
