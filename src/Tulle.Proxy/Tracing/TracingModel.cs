using System.Text;
using Tulle.Protocol;

namespace Tulle.Proxy.Tracing;

/// <summary>How traces of some requests are made, compiled. Immutable; any thread.</summary>
internal sealed class TracingModel
{
    /// <summary>Most tags of a span; of Istio's <c>customTags</c> more have no effect.</summary>
    public const int MaxTags = 20;

    /// <summary>Longest name or value of a tag, in bytes. 256: Envoy's <c>max_path_tag_length</c>.</summary>
    public const int MaxTagBytes = 256;

    /// <summary>Share of new traces that are recorded, per million; null: what the proxy's own setting says.</summary>
    public uint? SamplingPpm { get; init; }

    /// <summary>Spans are reported; context is passed on in any case.</summary>
    public bool Reports { get; init; } = true;

    /// <summary>What is added to spans.</summary>
    public TagModel[] Tags { get; init; } = [];

    /// <summary>Where no policy says anything.</summary>
    public static TracingModel Default { get; } = new();

    /// <summary>Compiles a policy; an error says what is wrong.</summary>
    public static (TracingModel? Model, string? Error) Compile(Protocol.Tracing? tracing)
    {
        if (tracing is null) return (null, null);
        if (tracing.HasSamplingPpm && tracing.SamplingPpm > 1_000_000) return (null, $"the share of traces, {tracing.SamplingPpm} per million, is more than all");
        if (tracing.Tags.Count > MaxTags) return (null, $"{tracing.Tags.Count} tags are more than {MaxTags}");
        foreach (TracingTag tag in tracing.Tags)
        {
            if (tag.Name.Length == 0) return (null, "the name of a tag is empty");
            if (Encoding.UTF8.GetByteCount(tag.Name) > MaxTagBytes || Encoding.UTF8.GetByteCount(tag.Value) > MaxTagBytes)
                return (null, $"name or value of the tag \"{tag.Name}\" is longer than {MaxTagBytes} bytes");
        }
        return (new TracingModel
        {
            SamplingPpm = tracing.HasSamplingPpm ? tracing.SamplingPpm : null,
            Reports = !tracing.SilencesSpans,
            Tags = [.. tracing.Tags.Select(tag => new TagModel(Encoding.UTF8.GetBytes(tag.Name), Encoding.UTF8.GetBytes(tag.Value), Encoding.ASCII.GetBytes(tag.Header)))],
        }, null);
    }
}

/// <summary>A tag of spans. Immutable; any thread.</summary>
/// <param name="Name">UTF-8.</param>
/// <param name="Value">UTF-8; with <paramref name="Header"/>, the value where the request has no such field.</param>
/// <param name="Header">Name of the request's field that gives the value; empty for a fixed one.</param>
internal sealed record TagModel(byte[] Name, byte[] Value, byte[] Header);
