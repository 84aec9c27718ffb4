namespace Tulle.Model.Validation;

/// <summary>What a field that the schema does not have means, as the <c>fieldValidation</c> parameter of the Kubernetes API.</summary>
public enum UnknownFields
{
    /// <summary>The object is refused (<c>Strict</c>; kubectl's default).</summary>
    Error,

    /// <summary>The author is told (<c>Warn</c>).</summary>
    Warn,

    /// <summary>Nothing is said (<c>Ignore</c>).</summary>
    Ignore,
}
