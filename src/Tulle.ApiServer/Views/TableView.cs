using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tables;

namespace Tulle.ApiServer.Views;

/// <summary>Rows for people (<c>as=Table</c>): what <c>kubectl get</c> prints.</summary>
internal sealed class TableView : ObjectView
{
    private readonly byte[] _head;
    private readonly ApiRequest _request;
    private readonly TablePrinter _printer;
    private readonly string _includeObject;
    private bool _columnsSent;

    public TableView(ApiRequest request, string apiVersion)
    {
        _request = request;
        _head = ObjectEncoding.Head(apiVersion, "Table");
        _printer = TablePrinters.For(request.Resource);
        _includeObject = request.Http.Request.Query("includeObject") ?? "Metadata";
        if (_includeObject is not ("None" or "Metadata" or "Object"))
            throw ApiErrors.BadRequest($"the query parameter includeObject is \"{_includeObject}\"; write None, Metadata or Object");
    }

    public override void WriteObject(PipeWriter writer, byte[] json)
    {
        JsonObject value = ObjectEncoding.Decode(json);
        WriteTable(writer, $"\"metadata\":{{\"resourceVersion\":\"{value.ResourceVersion()}\"}},", [Row(value)]);
    }

    public override void WriteList(PipeWriter writer, StoreList list, string continueToken)
    {
        writer.Append(_head);
        WriteListMeta(writer, list, continueToken);
        WriteColumns(writer);
        writer.Append("\"rows\":"u8);
        WriteItems(writer, list.Items, item => writer.Append(Json.ToBytes(Row(ObjectEncoding.Decode(item.Json)))));
        writer.Append("}"u8);
    }

    public override void WriteBookmark(PipeWriter writer, long revision, bool initialEventsEnd)
    {
        var meta = new JsonObject { ["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (initialEventsEnd) meta["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var row = new JsonObject
        {
            ["cells"] = new JsonArray([.. _printer.Columns.Select(_ => (JsonNode)"")]),
            ["object"] = new JsonObject { ["kind"] = "PartialObjectMetadata", ["apiVersion"] = "meta.k8s.io/v1", ["metadata"] = meta },
        };
        WriteTable(writer, $"\"metadata\":{{\"resourceVersion\":\"{revision}\"}},", [row]);
    }

    private void WriteTable(PipeWriter writer, string metadata, IReadOnlyList<JsonObject> rows)
    {
        writer.Append(_head);
        writer.Append(System.Text.Encoding.ASCII.GetBytes(metadata));
        WriteColumns(writer);
        writer.Append("\"rows\":"u8);
        WriteItems(writer, rows, row => writer.Append(Json.ToBytes(row)));
        writer.Append("}"u8);
    }

    // In a watch only the first table describes its columns, as kube-apiserver does it: kubectl prints a heading for each.
    private void WriteColumns(PipeWriter writer)
    {
        var columns = new JsonArray();
        if (!_columnsSent)
        {
            foreach (TableColumn column in _printer.Columns)
            {
                columns.Add((JsonNode)new JsonObject
                {
                    ["name"] = column.Name,
                    ["type"] = column.Type,
                    ["format"] = column.Format,
                    ["description"] = column.Description,
                    ["priority"] = column.Priority,
                });
            }
        }
        _columnsSent = true;
        writer.Append("\"columnDefinitions\":"u8);
        writer.Append(Json.ToBytes(columns));
        writer.Append(","u8);
    }

    private JsonObject Row(JsonObject value)
    {
        var row = new JsonObject { ["cells"] = _printer.Cells(value, _request.Now) };
        switch (_includeObject)
        {
            case "Metadata":
                row["object"] = MetadataView.PartialOf(value);
                break;
            case "Object":
                value.Insert(0, "kind", _request.Kind.Kind);
                value.Insert(0, "apiVersion", _request.ApiVersion);
                row["object"] = value;
                break;
        }
        return row;
    }
}
