using Tulle.Model.Documents;

namespace Tulle.Local.Compose;

/// <summary>What a service's <c>x-tulle</c> says: what Compose itself has no word for.</summary>
internal sealed class ExtensionReader(Node? node, string field, FieldReader reader)
{
    public List<UpstreamConfig> Upstreams { get; } = [];

    /// <inheritdoc cref="ServiceConfig.RedactedHeaders"/>
    public List<string> RedactedHeaders { get; } = [];

    public ExtensionReader Read()
    {
        if (node is null || reader.Mapping(node, field, "write 'x-tulle: { upstreams: […] }'") is not { } extension) return this;
        foreach (MappingEntry entry in extension.Entries)
        {
            string name = $"{field}.{entry.Key}";
            switch (entry.Key)
            {
                case "upstreams":
                    ReadUpstreams(entry.Value, name);
                    break;
                case "redact_headers":
                    RedactedHeaders.AddRange(FieldName.Read(entry.Value, name, reader));
                    break;
                default:
                    reader.Error(entry.KeyLocation, name, "is not known", "a service's x-tulle takes 'upstreams' and 'redact_headers'");
                    break;
            }
        }
        return this;
    }

    private void ReadUpstreams(Node list, string name)
    {
        foreach ((string text, Node item) in reader.List(list, name, "write a list such as [\"127.0.0.1:9001=user-service:80\"]") ?? [])
        {
            if (UpstreamText.TryParse(text, out UpstreamConfig? upstream)) Upstreams.Add(upstream);
            else reader.Error(item, name, $"\"{text}\" is not an upstream", UpstreamText.Rule);
        }
    }
}
