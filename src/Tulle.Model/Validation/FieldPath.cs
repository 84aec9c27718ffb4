using System.Globalization;

namespace Tulle.Model.Validation;

/// <summary>Path of a field, written as Kubernetes does: <c>spec.http[0].match[1].headers[end-user]</c>. Built as the walk descends, spelled out only for a finding.</summary>
internal sealed class FieldPath
{
    public static readonly FieldPath Root = new(null, "");

    private readonly FieldPath? _parent;
    private readonly string _segment;

    private FieldPath(FieldPath? parent, string segment)
    {
        _parent = parent;
        _segment = segment;
    }

    public FieldPath Field(string name) => new(this, _parent is null ? name : $".{name}");

    public FieldPath Index(int index) => new(this, string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    public FieldPath Key(string key) => new(this, $"[{key}]");

    public override string ToString() => _parent is null ? _segment : _parent + _segment;
}
