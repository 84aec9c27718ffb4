using CsCheck;
using Tulle.Model.Resources;

namespace Tulle.Model.Tests.Resources;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> s_labels = new() { ["app"] = "shop", ["tier"] = "web", ["rank"] = "5", ["empty"] = "" };

    [Theory]
    [InlineData("", true)]
    [InlineData("app=shop", true)]
    [InlineData("app==shop,tier=web", true)]
    [InlineData("app=shop, tier = cache", false)]
    [InlineData("app!=shop", false)]
    [InlineData("missing!=x", true)]
    [InlineData("app in (shop, other),tier", true)]
    [InlineData("app notin (shop)", false)]
    [InlineData("missing notin (a)", true)]
    [InlineData("missing in (a)", false)]
    [InlineData("!missing", true)]
    [InlineData("!app", false)]
    [InlineData("rank>4", true)]
    [InlineData("rank<5", false)]
    [InlineData("empty=", true)]
    public void Matches_UrlForm_SelectsAsKubernetesDoes(string text, bool expected)
    {
        Assert.True(LabelSelector.TryParse(text, out LabelSelector? selector, out string? error), error);
        Assert.Equal(expected, selector.Matches(s_labels));
    }

    [Theory]
    [InlineData("a=b=c")]
    [InlineData("=x")]
    [InlineData("a in x")]
    [InlineData("a in (x")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("a>b")]
    [InlineData("-a=x")]
    [InlineData("a=not ok")]
    public void TryParse_Malformed_SaysWhatToWrite(string text)
    {
        Assert.False(LabelSelector.TryParse(text, out _, out string? error));
        Assert.Contains("write terms like app=shop", error);
    }

    [Fact]
    public void ToString_AnySelector_ReadsTheSame()
    {
        Gen<string> word = Gen.String[Gen.Char['a', 'c'], 1, 3];
        Gen.Select(word, Gen.Int[0, 3], word.Array[1, 3]).Array[0, 4].Sample(terms =>
        {
            var selector = new LabelSelector([.. terms.Select(term => new LabelRequirement(term.Item1, (LabelOperator)term.Item2, term.Item2 < 2 ? term.Item3 : []))]);
            return LabelSelector.TryParse(selector.ToString(), out LabelSelector? read, out _) && read.ToString() == selector.ToString();
        });
    }

    [Fact]
    public void Decode_MatchExpressions_AllMustHold()
    {
        LabelSelector selector = LabelSelector.Decode(Yaml.Object("{matchLabels: {app: shop}, matchExpressions: [{key: tier, operator: In, values: [web]}, {key: x, operator: DoesNotExist}]}"))!;
        Assert.Equal("app=shop,tier=web,!x", selector.ToString());
        Assert.True(selector.Matches(s_labels));
        Assert.Null(LabelSelector.Decode(Yaml.Object("{matchExpressions: [{key: a, operator: Near}]}")));
    }
}
