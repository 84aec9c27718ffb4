using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tulle.Metrics;

/// <summary>
/// Writes a page of metrics: families in order, each with its metadata first, then its samples. OpenMetrics' optional
/// <c>_created</c> samples are not written: Prometheus stores each as a further series and makes nothing of it. Not thread-safe.
/// </summary>
public sealed class ExpositionWriter(IBufferWriter<byte> output, ExpositionFormat format)
{
    private const long ExactIntegers = 1L << 53;

    private readonly StringBuilder _line = new(256);
    private MetricDefinition? _family;

    /// <summary>What is written.</summary>
    public ExpositionFormat Format { get; } = format;

    /// <summary>Begins a family; its samples follow.</summary>
    public void Begin(MetricDefinition definition)
    {
        _family = definition;
        bool open = Format == ExpositionFormat.OpenMetrics;
        string name = open ? definition.Family : definition.Name;
        _line.Append("# HELP ").Append(name).Append(' ');
        AppendHelp(definition.Help, open);
        _line.Append("\n# TYPE ").Append(name).Append(' ').Append(TypeOf(definition.Kind)).Append('\n');
        // OpenMetrics insists that the name ends with the unit.
        if (open && definition.Unit.Length > 0 && name.EndsWith('_' + definition.Unit, StringComparison.Ordinal))
            _line.Append("# UNIT ").Append(name).Append(' ').Append(definition.Unit).Append('\n');
        Flush();
    }

    /// <summary>A sample of the family that was begun.</summary>
    /// <param name="labels">Ready-made by <see cref="LabelSet"/>; may be empty.</param>
    public void Sample(string labels, double value) => Write("", labels, value, "", null);

    /// <summary>A family with one sample.</summary>
    public void Single(MetricDefinition definition, double value)
    {
        Begin(definition);
        Sample("", value);
    }

    /// <summary>A bucket of the histogram that was begun.</summary>
    /// <param name="labels">Without <c>le</c>.</param>
    /// <param name="bound">Its upper bound; infinity for the last.</param>
    /// <param name="count">Observations up to the bound.</param>
    /// <param name="exemplar">One of those between the bound before and this one; left out of the format that has none.</param>
    public void Bucket(string labels, double bound, long count, Exemplar? exemplar = null) => Write("_bucket", labels, count, BoundText(bound), exemplar);

    /// <summary>The end of a histogram's buckets.</summary>
    public void SumAndCount(string labels, double sum, long count)
    {
        Write("_sum", labels, sum, "", null);
        Write("_count", labels, count, "", null);
    }

    /// <summary>Nothing follows.</summary>
    public void End()
    {
        if (Format != ExpositionFormat.OpenMetrics) return;
        _line.Append("# EOF\n");
        Flush();
    }

    private void Write(string suffix, string labels, double value, string bound, Exemplar? exemplar)
    {
        _line.Append(_family!.Name).Append(suffix);
        if (labels.Length + bound.Length > 0)
        {
            _line.Append('{').Append(labels);
            if (labels.Length > 0 && bound.Length > 0) _line.Append(',');
            if (bound.Length > 0) _line.Append("le=\"").Append(bound).Append('"');
            _line.Append('}');
        }
        _line.Append(' ');
        AppendNumber(value);
        if (exemplar is { } one && Format == ExpositionFormat.OpenMetrics)
        {
            _line.Append(" # {trace_id=\"").Append(one.TraceId).Append("\"} ");
            AppendNumber(one.Value);
            _line.Append(CultureInfo.InvariantCulture, $" {one.Time.ToUnixTimeMilliseconds() / 1_000.0:F3}");
        }
        _line.Append('\n');
        Flush();
    }

    /// <summary>OpenMetrics wants bounds as canonical floats, so that <c>1</c> is <c>1.0</c>.</summary>
    private string BoundText(double bound)
    {
        if (double.IsPositiveInfinity(bound)) return "+Inf";
        string text = bound.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return Format == ExpositionFormat.OpenMetrics && text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text;
    }

    private void AppendNumber(double value)
    {
        if (Math.Floor(value) == value && Math.Abs(value) < ExactIntegers) _line.Append((long)value);
        else if (double.IsPositiveInfinity(value)) _line.Append("+Inf");
        else if (double.IsNegativeInfinity(value)) _line.Append("-Inf");
        else _line.Append(CultureInfo.InvariantCulture, $"{value:R}");
    }

    private void AppendHelp(string help, bool open)
    {
        foreach (char c in help)
        {
            if (c == '\\') _line.Append("\\\\");
            else if (c == '\n') _line.Append("\\n");
            else if (c == '"' && open) _line.Append("\\\"");
            else _line.Append(c);
        }
    }

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private void Flush()
    {
        foreach (ReadOnlyMemory<char> chunk in _line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        _line.Clear();
    }
}
