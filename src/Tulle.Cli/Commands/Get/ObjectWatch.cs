using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Resources;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;

namespace Tulle.Cli.Commands.Get;

/// <summary>Prints a collection and then every change of it, until interrupted.</summary>
internal sealed class ObjectWatch(
    MeshSession mesh, CliEnvironment environment, ResourceType type, ResourcePath path, ListOptions selection, string format, bool withNamespace)
{
    private readonly Dictionary<(string Namespace, string Name), ServerRow> _rows = [];
    private TextTable? _table;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                string version = await ListAsync(stop);
                await FollowAsync(version, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever watches ends it so: that is no failure.
            return ExitCodes.Success;
        }
    }

    private bool Tabular => format is OutputFormat.Table or OutputFormat.Wide;

    /// <summary>A watch spans a collection; one object of it is chosen by its name.</summary>
    private ResourcePath Collection => type.Path(path.Namespace);

    private string? FieldSelector => path.Name is null ? null : $"metadata.name={path.Name}";

    private async Task<string> ListAsync(CancellationToken stop)
    {
        if (Tabular)
        {
            ListOptions options = selection with { FieldSelector = FieldSelector };
            ServerTable table = Read(await mesh.Client.GetTableAsync(Collection, options, stop));
            Print(table.Rows.Where(row => !Known(row)), table);
            return table.ResourceVersion;
        }
        ResourceList list = await mesh.Client.ListAsync(Collection, selection with { FieldSelector = FieldSelector }, stop);
        foreach (JsonObject item in list.Items)
        {
            PrintObject(item);
        }
        return list.ResourceVersion;
    }

    /// <summary>Returns when the server says that the version is gone, so that the caller lists again.</summary>
    private async Task FollowAsync(string version, CancellationToken stop)
    {
        while (true)
        {
            string query = $"?watch=true&allowWatchBookmarks=true&resourceVersion={version}{Query("labelSelector", selection.LabelSelector)}{Query("fieldSelector", FieldSelector)}";
            await using Stream stream = await mesh.Client.OpenStreamAsync(Collection + query, stop);
            await foreach ((string change, JsonObject value) in WatchStream.ReadAsync(stream, stop))
            {
                if (change == "ERROR")
                {
                    return;
                }
                version = value.ObjectVersion() is { Length: > 0 } next ? next : version;
                if (change is "ADDED" or "MODIFIED" or "DELETED")
                {
                    await PrintChangeAsync(value, change == "DELETED", stop);
                }
            }
        }
    }

    private async Task PrintChangeAsync(JsonObject value, bool deleted, CancellationToken stop)
    {
        if (!Tabular)
        {
            PrintObject(value);
            return;
        }
        (string, string) key = (value.ObjectNamespace(), value.ObjectName());
        if (deleted)
        {
            // The server has no row for it any more; its last one is what is known.
            if (_rows.Remove(key, out ServerRow? last))
            {
                Write([last], heading: false);
            }
            return;
        }
        try
        {
            ServerTable table = Read(await mesh.Client.GetTableAsync(type.Path(value.ObjectNamespace(), value.ObjectName()), null, stop));
            Print(table.Rows, table);
        }
        catch (ApiStatusException error) when (error.IsNotFound)
        {
            // Gone since; its deletion is the next event.
        }
    }

    private ServerTable Read(JsonObject table) => ServerTable.Read(table, format == OutputFormat.Wide, withNamespace && type.Namespaced);

    private bool Known(ServerRow row) => _rows.TryGetValue((row.Namespace, row.Name), out ServerRow? before) && before.Values.SequenceEqual(row.Values);

    private void Print(IEnumerable<ServerRow> rows, ServerTable table)
    {
        ServerRow[] all = [.. rows];
        foreach (ServerRow row in all)
        {
            _rows[(row.Namespace, row.Name)] = row;
        }
        if (all.Length > 0)
        {
            bool first = _table is null;
            _table ??= new TextTable(table.Columns);
            Write(all, first);
        }
    }

    private void Write(IReadOnlyCollection<ServerRow> rows, bool heading) =>
        _table!.Write(environment.Output, [.. rows.Select(r => r.Cells())], heading);

    private void PrintObject(JsonObject value)
    {
        switch (format)
        {
            case OutputFormat.Name:
                environment.Output.WriteLine($"{type.Label}/{value.ObjectName()}");
                break;
            case OutputFormat.Yaml:
                environment.Output.WriteLine("---");
                YamlText.Write(environment.Output, value);
                break;
            default:
                JsonText.Write(environment.Output, value);
                break;
        }
    }

    private static string Query(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
