using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tables;

/// <summary>Finds the columns of a kind: its own code where a cell is more than a path, else the columns of its schema.</summary>
internal static class TablePrinters
{
    private const string NameHelp = "Name, unique within its namespace.";
    private const string AgeHelp = "Time since the object was created.";

    public static TablePrinter For(ServedResource resource)
    {
        IReadOnlyList<TableColumn> own = CoreTables.For(resource.Kind) ?? [.. resource.Kind.Columns.Select(Printed)];
        bool agePlaced = own.Any(column => column.Name == "Age");
        IEnumerable<TableColumn> shown = own.Where(column => column.Priority == 0);
        IEnumerable<TableColumn> wide = own.Where(column => column.Priority > 0);
        return new TablePrinter([Name(), .. shown, .. agePlaced ? (IEnumerable<TableColumn>)[] : [Age()], .. wide]);
    }

    /// <summary>A column that prints what stands at a path.</summary>
    public static TableColumn Printed(Column column)
    {
        ColumnPath path = ColumnPath.Parse(column.Path);
        bool date = column.Type == "date";
        return new TableColumn(column.Name, (value, now) => date ? Durations.Age(path.First(value), now) : path.Cell(value, column.Type),
            column.Priority, column.Type);
    }

    private static TableColumn Name() => new("Name", (value, _) => value.Name(), Format: "name", Description: NameHelp);

    private static TableColumn Age() => new("Age", (value, now) => Durations.Age(value, now, "metadata", "creationTimestamp"), Description: AgeHelp);
}
