using System.IO.Pipelines;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Views;

/// <summary>Objects as they are, in the version asked for. The stored bytes are copied, not parsed.</summary>
internal sealed class WholeView(ApiRequest request) : ObjectView
{
    private readonly byte[] _head = ObjectEncoding.Head(request.ApiVersion, request.Kind.Kind);
    private readonly byte[] _listHead = ObjectEncoding.Head(request.ApiVersion, request.Resource.ListKind);

    public override void WriteObject(PipeWriter writer, byte[] json) => writer.WriteObject(_head, json);

    public override void WriteList(PipeWriter writer, StoreList list, string continueToken)
    {
        writer.Append(_listHead);
        WriteListMeta(writer, list, continueToken);
        writer.Append("\"items\":"u8);
        WriteItems(writer, list.Items, item => writer.WriteObject(_head, item.Json));
        writer.Append("}"u8);
    }

    public override void WriteBookmark(PipeWriter writer, long revision, bool initialEventsEnd) =>
        WriteBookmarkObject(writer, _head, revision, initialEventsEnd);
}
