using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Views;

/// <summary>Metadata only (<c>as=PartialObjectMetadata</c>).</summary>
internal sealed class MetadataView : ObjectView
{
    private static readonly byte[] Head = ObjectEncoding.Head("meta.k8s.io/v1", "PartialObjectMetadata");
    private static readonly byte[] ListHead = ObjectEncoding.Head("meta.k8s.io/v1", "PartialObjectMetadataList");

    public override void WriteObject(PipeWriter writer, byte[] json) => writer.Append(Partial(json));

    public override void WriteList(PipeWriter writer, StoreList list, string continueToken)
    {
        writer.Append(ListHead);
        WriteListMeta(writer, list, continueToken);
        writer.Append("\"items\":"u8);
        WriteItems(writer, list.Items, item => writer.Append(Partial(item.Json)));
        writer.Append("}"u8);
    }

    public override void WriteBookmark(PipeWriter writer, long revision, bool initialEventsEnd) =>
        WriteBookmarkObject(writer, Head, revision, initialEventsEnd);

    /// <summary>The partial object of a stored one.</summary>
    public static JsonObject PartialOf(JsonObject value) => new()
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = value["metadata"]?.DeepClone(),
    };

    private static byte[] Partial(byte[] json) => Json.ToBytes(PartialOf(ObjectEncoding.Decode(json)));
}
