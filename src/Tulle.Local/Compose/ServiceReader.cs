using System.Net;
using Tulle.Model.Documents;

namespace Tulle.Local.Compose;

/// <summary>Reads one service of a Compose file.</summary>
internal sealed class ServiceReader(
    MappingEntry entry, MappingNode service, string field, string folder, FieldReader reader, Func<string, string?> variable)
{
    private static readonly string[] Fields = ["command", "environment", "working_dir", "ports", "depends_on", "deploy", "labels", "healthcheck", "x-tulle"];

    public ServiceConfig Read()
    {
        foreach (MappingEntry other in service.Entries)
        {
            if (!Fields.Contains(other.Key) && !other.Key.StartsWith("x-", StringComparison.Ordinal))
                ComposeReader.Unsupported(other, $"{field}.{other.Key}", UnsupportedFields.OfService(other.Key), Fields, reader);
        }
        ExtensionReader extension = new ExtensionReader(service["x-tulle"], $"{field}.x-tulle", reader).Read();
        return new ServiceConfig
        {
            Name = entry.Key,
            Location = entry.KeyLocation,
            Command = ReadCommand(),
            Environment = ReadPairs("environment", variable),
            WorkingDirectory = service["working_dir"] is { } directory && reader.Text(directory, $"{field}.working_dir") is { } path
                ? Path.GetFullPath(path, folder) : folder,
            Ports = ReadPorts(),
            DependsOn = ReadDependencies(),
            Replicas = ReadReplicas(),
            Labels = ReadPairs("labels", static _ => null),
            Healthcheck = service["healthcheck"] is { } check ? new HealthcheckReader(check, $"{field}.healthcheck", reader).Read() : null,
            Upstreams = extension.Upstreams,
            RedactedHeaders = extension.RedactedHeaders,
        };
    }

    private IReadOnlyList<string> ReadCommand()
    {
        const string Remedy = "write 'command: PROGRAM ARGUMENTS', or a list of words";
        string name = $"{field}.command";
        IReadOnlyList<string> words = [];
        switch (service["command"])
        {
            case null when service["image"] is null && service["build"] is null:
                reader.Error(entry.KeyLocation, name, "is missing: there is nothing to run", Remedy);
                return [];
            case null:
                return [];
            case SequenceNode list:
                words = [.. reader.List(list, name, Remedy)?.Select(item => item.Text) ?? []];
                break;
            case var node:
                if (reader.Text(node, name) is not { } text) return [];
                if (ShellWords.Split(text) is not { } split)
                {
                    reader.Error(node, name, "a quote is not closed", "add the closing quote");
                    return [];
                }
                words = split;
                break;
        }
        if (words.Count == 0) reader.Error(service["command"]!, name, "is empty: there is nothing to run", Remedy);
        return words;
    }

    private IReadOnlyDictionary<string, string> ReadPairs(string key, Func<string, string?> inherited) =>
        service[key] is { } node ? reader.Pairs(node, $"{field}.{key}", inherited) : new Dictionary<string, string>();

    private List<PortConfig> ReadPorts()
    {
        var ports = new List<PortConfig>();
        if (service["ports"] is not { } node) return ports;
        foreach ((string text, Node item) in reader.List(node, $"{field}.ports", "write 'ports: [\"80\"]', or \"8080:80\" to publish it") ?? [])
        {
            string[] parts = text.Split(':');
            if (parts.Length <= 2 && parts.All(part => int.TryParse(part, out int port) && port is > 0 and <= 65535))
                ports.Add(new PortConfig(int.Parse(parts[^1]), parts.Length == 2 ? int.Parse(parts[0]) : null));
            else
                reader.Error(item, $"{field}.ports", $"\"{text}\" is not a port", "write \"80\", or \"8080:80\" to publish it at 127.0.0.1:8080");
        }
        if (ports.Select(port => port.Port).Distinct().Count() != ports.Count)
            reader.Error(node, $"{field}.ports", "one port is named twice", "name each port once");
        return ports;
    }

    private List<DependencyConfig> ReadDependencies()
    {
        var dependencies = new List<DependencyConfig>();
        string name = $"{field}.depends_on";
        if (service["depends_on"] is not MappingNode mapping)
        {
            if (service["depends_on"] is { } node)
                dependencies.AddRange((reader.List(node, name, "write a list of services") ?? []).Select(item => new DependencyConfig(item.Text, Healthy: false)));
            return dependencies;
        }
        foreach (MappingEntry dependency in mapping.Entries)
        {
            string condition = (dependency.Value as MappingNode)?.Text("condition") ?? "service_started";
            if (condition is not ("service_started" or "service_healthy"))
                reader.Error(dependency.Value, $"{name}.{dependency.Key}.condition", $"\"{condition}\" is not supported", "write service_started or service_healthy");
            dependencies.Add(new DependencyConfig(dependency.Key, condition == "service_healthy"));
        }
        return dependencies;
    }

    private int ReadReplicas()
    {
        if (service["deploy"] is not { } node || reader.Mapping(node, $"{field}.deploy", "write 'deploy: { replicas: N }'") is not { } deploy) return 1;
        foreach (MappingEntry other in deploy.Entries)
        {
            if (other.Key != "replicas")
                reader.Error(other.KeyLocation, $"{field}.deploy.{other.Key}", $"'{other.Key}' is not supported", "remove it; 'deploy' takes 'replicas' only");
        }
        return deploy["replicas"] is { } replicas ? reader.Integer(replicas, $"{field}.deploy.replicas", 0, ComposeReader.MaxReplicas) ?? 1 : 1;
    }
}

/// <summary>Upstreams as text: <c>127.0.0.1:9001=user-service:80</c>.</summary>
public static class UpstreamText
{
    public const string Rule = "write LISTEN=AUTHORITY, such as 127.0.0.1:9001=user-service:80, with a loopback address";

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out UpstreamConfig? upstream)
    {
        upstream = null;
        string[] parts = text.Split('=');
        if (parts.Length != 2 || parts[1].Length == 0) return false;
        if (!IPEndPoint.TryParse(parts[0], out IPEndPoint? listen) || listen.Port == 0 || !IPAddress.IsLoopback(listen.Address)) return false;
        string authority = parts[1].Contains(':', StringComparison.Ordinal) ? parts[1] : $"{parts[1]}:80";
        int colon = authority.LastIndexOf(':');
        if (!int.TryParse(authority[(colon + 1)..], out int port) || port is <= 0 or > 65535) return false;
        upstream = new UpstreamConfig(parts[0], authority);
        return true;
    }
}
