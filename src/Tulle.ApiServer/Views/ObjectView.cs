using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Views;

/// <summary>How objects look in an answer: whole, as rows of a table, or as their metadata only.</summary>
internal abstract class ObjectView
{
    /// <summary>Writes one object (for a table: a table of one row).</summary>
    public abstract void WriteObject(PipeWriter writer, byte[] json);

    public abstract void WriteList(PipeWriter writer, StoreList list, string continueToken);

    /// <summary>Writes the object of a bookmark: nothing but a resourceVersion, in the kind that is watched.</summary>
    public abstract void WriteBookmark(PipeWriter writer, long revision, bool initialEventsEnd);

    /// <summary>The first of the forms that the request accepts and that is served.</summary>
    public static ObjectView For(ApiRequest request)
    {
        string accept = request.Http.Request.Headers.Accept.ToString();
        if (accept.Length == 0) return new WholeView(request);
        foreach (string range in accept.Split(','))
        {
            string[] parameters = range.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0] is not ("application/json" or "application/*" or "*/*")) continue;
            string? form = parameters.FirstOrDefault(p => p.StartsWith("as=", StringComparison.Ordinal))?[3..];
            bool v1 = !parameters.Contains("v=v1beta1");
            switch (form)
            {
                case null: return new WholeView(request);
                case "Table": return new TableView(request, v1 ? "meta.k8s.io/v1" : "meta.k8s.io/v1beta1");
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when v1: return new MetadataView();
            }
        }
        throw ApiErrors.NotAcceptable(accept);
    }

    /// <summary>Metadata of a list, with a comma before the items.</summary>
    protected static void WriteListMeta(PipeWriter writer, StoreList list, string continueToken)
    {
        string next = continueToken.Length == 0 ? "" : $"\"continue\":\"{continueToken}\",\"remainingItemCount\":{list.Remaining},";
        writer.Append(System.Text.Encoding.ASCII.GetBytes($"\"metadata\":{{{next}\"resourceVersion\":\"{list.Revision}\"}},"));
    }

    protected static void WriteItems<T>(PipeWriter writer, IReadOnlyList<T> items, Action<T> write)
    {
        writer.Append("["u8);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) writer.Append(","u8);
            write(items[i]);
        }
        writer.Append("]"u8);
    }

    protected static void WriteBookmarkObject(PipeWriter writer, ReadOnlySpan<byte> head, long revision, bool initialEventsEnd)
    {
        string annotations = initialEventsEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        writer.Append(head);
        writer.Append(System.Text.Encoding.ASCII.GetBytes(
            $"\"metadata\":{{\"resourceVersion\":\"{revision}\",\"creationTimestamp\":null{annotations}}}}}"));
    }
}
