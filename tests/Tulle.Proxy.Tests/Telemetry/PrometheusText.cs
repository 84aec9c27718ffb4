using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tulle.Proxy.Tests.Telemetry;

/// <summary>A strict reader of the Prometheus text format 0.0.4: what it takes, Prometheus takes.</summary>
internal sealed partial class PrometheusText
{
    public Dictionary<string, string> Types { get; } = [];

    public List<(string Name, IReadOnlyDictionary<string, string> Labels, double Value)> Samples { get; } = [];

    public static PrometheusText Parse(ReadOnlySpan<byte> bytes)
    {
        var text = new PrometheusText();
        string content = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        Assert.EndsWith("\n", content, StringComparison.Ordinal);
        string family = "", help = "";
        var seen = new HashSet<string>();
        foreach (string line in content[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help = line.Split(' ')[2];
                Assert.True(seen.Add(help), $"the family {help} appears twice");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                string[] words = line.Split(' ');
                family = words[2];
                Assert.Equal(help, family);
                Assert.Contains(words[3], (string[])["counter", "gauge", "histogram"]);
                text.Types.Add(family, words[3]);
            }
            else
            {
                text.ReadSample(line, family);
            }
        }

        return text;
    }

    public double Value(string name, params (string Name, string Value)[] labels)
        => Samples.Single(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).Value;

    private void ReadSample(string line, string family)
    {
        Match match = SampleLine().Match(line);
        Assert.True(match.Success, $"not a sample: {line}");
        string name = match.Groups["name"].Value;
        string suffix = name[family.Length..];
        Assert.StartsWith(family, name, StringComparison.Ordinal);
        Assert.Contains(suffix, Types[family] == "histogram" ? (string[])["_bucket", "_sum", "_count"] : [""]);

        var labels = new Dictionary<string, string>();
        foreach (Match label in LabelPair().Matches(match.Groups["labels"].Value))
            labels.Add(label.Groups["name"].Value, Regex.Unescape(label.Groups["value"].Value));
        Samples.Add((name, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*)\})? (?<value>[-+0-9.eE]+|NaN|[+-]Inf)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\\n]|\\["\\n])*)"(,|$)""")]
    private static partial Regex LabelPair();
}
