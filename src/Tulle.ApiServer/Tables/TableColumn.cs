using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Tables;

/// <summary>A heading of a table.</summary>
/// <param name="Name">Heading; kubectl writes it in capitals.</param>
/// <param name="Value">The cell of an object at a time.</param>
/// <param name="Priority">0: always shown; 1: with <c>-o wide</c>.</param>
/// <param name="Type">OpenAPI type.</param>
/// <param name="Format">OpenAPI format; <c>name</c> marks the column that names the object.</param>
/// <param name="Description">For <c>kubectl</c>'s and other clients' help.</param>
internal sealed record TableColumn(
    string Name, Func<JsonObject, DateTimeOffset, JsonNode?> Value, int Priority = 0, string Type = "string", string Format = "",
    string Description = "");

/// <summary>The columns of one kind.</summary>
internal sealed record TablePrinter(IReadOnlyList<TableColumn> Columns)
{
    public JsonArray Cells(JsonObject value, DateTimeOffset now) => new([.. Columns.Select(column => column.Value(value, now))]);
}
