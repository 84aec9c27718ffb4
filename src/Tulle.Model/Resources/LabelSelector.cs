using System.Diagnostics.CodeAnalysis;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Selects objects by their labels: all requirements must hold; none select everything.</summary>
public sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    public static readonly LabelSelector Everything = new([]);

    /// <summary>Selects objects with all of these labels.</summary>
    public static LabelSelector Of(IReadOnlyDictionary<string, string> labels) =>
        new([.. labels.Select(label => new LabelRequirement(label.Key, LabelOperator.In, [label.Value]))]);

    /// <summary>Reads a selector with <c>matchLabels</c> and <c>matchExpressions</c>; null when an operator is not known.</summary>
    public static LabelSelector? Decode(MappingNode node)
    {
        var requirements = new List<LabelRequirement>(Of(node.GetTextMap("matchLabels")).Requirements);
        foreach (MappingNode expression in node.GetList("matchExpressions", item => item))
        {
            if (!Enum.TryParse(expression.GetText("operator"), out LabelOperator parsed) || !Enum.IsDefined(parsed))
                return null;
            requirements.Add(new LabelRequirement(expression.GetText("key") ?? "", parsed, expression.GetTexts("values")));
        }
        return new LabelSelector(requirements);
    }

    /// <summary>
    /// Reads the form of URLs and command lines: <c>app=shop,tier!=cache,env in (prod,test),canary,!legacy</c>.
    /// On failure <paramref name="error"/> says what is wrong.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? error)
    {
        selector = null;
        if (!LabelSelectorParser.TryParse(text, out List<LabelRequirement> requirements, out error))
            return false;
        selector = new LabelSelector(requirements);
        return true;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (LabelRequirement requirement in Requirements)
        {
            if (!requirement.Matches(labels))
                return false;
        }
        return true;
    }

    public override string ToString() => string.Join(',', Requirements);
}
