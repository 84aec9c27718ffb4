using System.Text;

namespace Tulle.Metrics;

/// <summary>Writes the tables of docs/reference/metrics.md from the definitions; tests keep the page in step.</summary>
public static class MetricsReference
{
    /// <summary>A table of metrics, in their order.</summary>
    public static string Table(IEnumerable<MetricDefinition> definitions)
    {
        var page = new StringBuilder("| metric | type | unit | labels | meaning | stability |\n|---|---|---|---|---|---|\n");
        foreach (MetricDefinition metric in definitions)
        {
            string labels = metric.Labels.Count == 0 ? "" : string.Join(", ", metric.Labels.Select(label => label.StartsWith('*') ? label[1..] : $"`{label}`"));
            page.Append($"| `{metric.Name}` | {metric.Kind.ToString().ToLowerInvariant()} | {metric.Unit} | {labels} | {Cell(metric.Help)} | {metric.Stability.ToString().ToLowerInvariant()} |\n");
        }
        return page.ToString();
    }

    /// <summary>The page with one of its generated parts, which two comments enclose, written anew.</summary>
    /// <exception cref="FormatException">The page has no such part.</exception>
    public static string Replace(string page, string part, string content)
    {
        string begin = $"<!-- generated: {part} -->\n", end = $"<!-- end: {part} -->\n";
        int from = page.IndexOf(begin, StringComparison.Ordinal), to = page.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new FormatException($"the page has no part between '{begin.Trim()}' and '{end.Trim()}'");
        return page[..(from + begin.Length)] + content + page[to..];
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
