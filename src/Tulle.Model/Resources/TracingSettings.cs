using System.Text;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>How traces are made; what is null is said elsewhere.</summary>
/// <param name="Clients">Whether it holds for requests that workloads send.</param>
/// <param name="Servers">Whether it holds for requests that workloads receive.</param>
/// <param name="SamplingPercentage">Share of new traces that are recorded.</param>
/// <param name="SilencesSpans">Whether no spans are reported.</param>
/// <param name="Tags">Added to spans, in the order of their names; null: none are named here.</param>
public sealed record TracingSettings(bool Clients, bool Servers, double? SamplingPercentage, bool? SilencesSpans, IReadOnlyList<CustomTag>? Tags)
{
    internal static TracingSettings Decode(MappingNode node)
    {
        string mode = node.Get("match").GetText("mode") ?? "CLIENT_AND_SERVER";
        double? share = node.GetNumber("randomSamplingPercentage");
        return new TracingSettings(
            mode != "SERVER", mode != "CLIENT", share is { } percentage ? Math.Clamp(percentage, 0, 100) : null, node.GetFlag("disableSpanReporting"),
            node.Get("customTags") is MappingNode { Entries.Count: > 0 } tags ? CustomTag.DecodeAll(tags) : null);
    }
}

/// <summary>Something that is added to every span.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; with <paramref name="Header"/>, where the request has no such field.</param>
/// <param name="Header">Field of the request that gives the value; empty for a fixed one.</param>
public sealed record CustomTag(string Name, string Value, string Header)
{
    /// <summary>Most tags of a span that have an effect.</summary>
    public const int MaxCount = 20;

    /// <summary>Longest name or value that has an effect, in bytes. 256: Envoy's <c>max_path_tag_length</c>.</summary>
    public const int MaxBytes = 256;

    /// <summary>Whether a tag has an effect: it is fixed or of a field, and not too long.</summary>
    internal static CustomTag? Decode(string name, Node value)
    {
        CustomTag? tag = null;
        if (value.Get("literal") is { } literal) tag = new CustomTag(name, literal.GetText("value") ?? "", "");
        else if (value.Get("header") is { } header) tag = new CustomTag(name, header.GetText("defaultValue") ?? "", (header.GetText("name") ?? "").ToLowerInvariant());
        if (tag is null || name.Length == 0 || (tag.Value.Length == 0 && tag.Header.Length == 0)) return null;
        return Encoding.UTF8.GetByteCount(name) > MaxBytes || Encoding.UTF8.GetByteCount(tag.Value) > MaxBytes ? null : tag;
    }

    internal static IReadOnlyList<CustomTag> DecodeAll(MappingNode tags) =>
        [.. tags.Entries.Select(entry => Decode(entry.Key, entry.Value)).OfType<CustomTag>().OrderBy(tag => tag.Name, StringComparer.Ordinal).Take(MaxCount)];
}
