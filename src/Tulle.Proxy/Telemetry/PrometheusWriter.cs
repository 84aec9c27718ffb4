using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tulle.Proxy.Telemetry;

/// <summary>Writes the Prometheus text format, version 0.0.4: families in order, each with its HELP and TYPE first. Not thread-safe.</summary>
internal sealed class PrometheusWriter(IBufferWriter<byte> output)
{
    /// <summary>What the format is called in a Content-Type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _line = new(256);

    /// <param name="type">counter, gauge or histogram.</param>
    public void Family(string name, string type, string help)
    {
        _line.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        _line.Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        Flush();
    }

    /// <param name="labels">Ready-made by <see cref="Labels"/>; may be empty.</param>
    /// <param name="extra">One more pair, ready-made, such as <c>le="1"</c>.</param>
    public void Sample(string name, string labels, double value, string extra = "")
    {
        _line.Append(name);
        if (labels.Length + extra.Length > 0)
        {
            _line.Append('{').Append(labels);
            if (labels.Length > 0 && extra.Length > 0) _line.Append(',');
            _line.Append(extra).Append('}');
        }

        _line.Append(' ');
        if (Math.Floor(value) == value && Math.Abs(value) < 1L << 53) _line.Append((long)value);
        else _line.Append(CultureInfo.InvariantCulture, $"{value:R}");
        _line.Append('\n');
        Flush();
    }

    /// <summary>Pairs of name and value; a pair with an empty value is left out, which means the same to Prometheus.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in pairs)
        {
            if (value.Length == 0) continue;
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"");
            foreach (char c in value)
            {
                if (c == '\n') text.Append("\\n");
                else if (c is '"' or '\\') text.Append('\\').Append(c);
                else text.Append(c);
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private void Flush()
    {
        foreach (ReadOnlyMemory<char> chunk in _line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
        _line.Clear();
    }
}
