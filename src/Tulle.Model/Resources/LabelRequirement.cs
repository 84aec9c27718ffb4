using System.Globalization;

namespace Tulle.Model.Resources;

/// <summary>What is asked of a label.</summary>
public enum LabelOperator
{
    In,

    /// <summary>Also holds when the label is absent.</summary>
    NotIn,
    Exists,
    DoesNotExist,

    /// <summary>The value is an integer greater than the one given.</summary>
    Gt,

    /// <summary>The value is an integer less than the one given.</summary>
    Lt,
}

/// <summary>One requirement of a selector. <c>key=value</c> is <see cref="LabelOperator.In"/> with one value.</summary>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        bool present = labels.TryGetValue(Key, out string? value);
        return Operator switch
        {
            LabelOperator.In => present && Values.Contains(value),
            LabelOperator.NotIn => !present || !Values.Contains(value),
            LabelOperator.Exists => present,
            LabelOperator.DoesNotExist => !present,
            LabelOperator.Gt => present && Compare(value!) > 0,
            _ => present && Compare(value!) < 0,
        };
    }

    public override string ToString() => Operator switch
    {
        LabelOperator.In when Values.Count == 1 => $"{Key}={Values[0]}",
        LabelOperator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
        LabelOperator.In => $"{Key} in ({string.Join(',', Values)})",
        LabelOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => $"!{Key}",
        LabelOperator.Gt => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    // 0 when either is not an integer: then neither operator holds.
    private int Compare(string value) =>
        Values.Count == 1
        && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long left)
        && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long right)
            ? left.CompareTo(right) : 0;
}
