using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Local.Compose;

/// <summary>What came of reading a Compose file. With any error in the findings there is no config.</summary>
public sealed record ComposeResult(ComposeConfig? Config, IReadOnlyList<Finding> Findings);

/// <summary>Reads the part of the Compose specification that makes sense for processes; everything else is an error that says what to write instead.</summary>
public static class ComposeReader
{
    /// <summary>Replicas of one service: as many as one of the mesh's address blocks holds.</summary>
    internal const int MaxReplicas = 200;

    private static readonly string[] Fields = ["services", "name", "version", "x-tulle"];

    /// <param name="text">The file's text.</param>
    /// <param name="file">Its path as the user gave it, for messages.</param>
    /// <param name="folder">Its folder, absolute.</param>
    /// <param name="variable">Looks up a variable for interpolation.</param>
    public static ComposeResult Read(string text, string file, string folder, Func<string, string?> variable)
    {
        ReadResult read = DocumentReader.ReadYaml(text, file);
        var findings = new List<Finding>(read.Findings);
        if (read.HasErrors) return new ComposeResult(null, findings);

        var reader = new FieldReader(new Interpolation(variable), findings);
        if (read.Documents is not [MappingNode root])
        {
            reader.Error(new SourceLocation(file, 1, 1), "", "the file must hold one document with 'services:'", "start from samples/shop/compose.yaml");
            return new ComposeResult(null, findings);
        }
        ComposeConfig config = ReadRoot(root, folder, reader, variable);
        DependencyOrder.Check(config.Services, reader);
        PublishedAddresses.Check(config.Services, reader);
        findings.Sort(static (a, b) => a.Location.Line.CompareTo(b.Location.Line));
        return new ComposeResult(findings.Any(finding => finding.Severity == Severity.Error) ? null : config, findings);
    }

    private static ComposeConfig ReadRoot(MappingNode root, string folder, FieldReader reader, Func<string, string?> variable)
    {
        string name = Path.GetFileName(folder);
        string @namespace = "default";
        IReadOnlyList<string> redacted = [];
        var services = new List<ServiceConfig>();
        bool found = false;
        foreach (MappingEntry entry in root.Entries)
        {
            switch (entry.Key)
            {
                case "services":
                    found = true;
                    if (reader.Mapping(entry.Value, "services", "write one entry per service") is { } mapping)
                        services = ReadServices(mapping, folder, reader, variable);
                    break;
                case "name":
                    name = reader.Text(entry.Value, "name") ?? name;
                    break;
                case "version":
                    break;
                case "x-tulle":
                    (string? given, redacted) = ReadExtension(entry.Value, reader);
                    @namespace = given ?? @namespace;
                    break;
                default:
                    if (!entry.Key.StartsWith("x-", StringComparison.Ordinal)) Unsupported(entry, entry.Key, UnsupportedFields.OfFile(entry.Key), Fields, reader);
                    break;
            }
        }
        if (!found || (services.Count == 0 && root["services"] is null or MappingNode { Entries.Count: 0 }))
            reader.Error(root, "services", "the file names no service", "write 'services:' with one entry per service");
        return new ComposeConfig { Name = name, Namespace = @namespace, Folder = folder, RedactedHeaders = redacted, Services = services };
    }

    private static List<ServiceConfig> ReadServices(MappingNode mapping, string folder, FieldReader reader, Func<string, string?> variable)
    {
        var services = new List<ServiceConfig>();
        foreach (MappingEntry entry in mapping.Entries)
        {
            string field = $"services.{entry.Key}";
            if (!DnsLabel.IsValid(entry.Key))
                reader.Error(entry.KeyLocation, field, $"\"{entry.Key}\" cannot be the name of a service", DnsLabel.Rule);
            if (reader.Mapping(entry.Value, field, "write 'command:' and what else the service needs") is { } service)
                services.Add(new ServiceReader(entry, service, field, folder, reader, variable).Read());
        }
        return services;
    }

    /// <summary>The file's own <c>x-tulle</c>.</summary>
    private static (string? Namespace, IReadOnlyList<string> RedactedHeaders) ReadExtension(Node node, FieldReader reader)
    {
        string? @namespace = null;
        IReadOnlyList<string> redacted = [];
        foreach (MappingEntry entry in reader.Mapping(node, "x-tulle", "write 'x-tulle: { namespace: NAME }'")?.Entries ?? [])
        {
            string field = $"x-tulle.{entry.Key}";
            switch (entry.Key)
            {
                case "namespace":
                    @namespace = reader.Text(entry.Value, field);
                    if (@namespace is not null && !DnsLabel.IsValid(@namespace))
                        reader.Error(entry.Value, field, $"\"{@namespace}\" cannot be the name of a namespace", DnsLabel.Rule);
                    break;
                case "redact_headers":
                    redacted = FieldName.Read(entry.Value, field, reader);
                    break;
                default:
                    reader.Error(entry.KeyLocation, field, "is not known", "the file's x-tulle takes 'namespace' and 'redact_headers'");
                    break;
            }
        }
        return (@namespace, redacted);
    }

    internal static void Unsupported(MappingEntry entry, string field, (string Why, string Remedy)? known, IEnumerable<string> read, FieldReader reader)
    {
        if (known is { } found) reader.Error(entry.KeyLocation, field, $"'{entry.Key}' has no place here: {found.Why}", found.Remedy);
        else if (NearMiss.Find(entry.Key, read) is { } near) reader.Error(entry.KeyLocation, field, $"'{entry.Key}' is not supported", $"did you mean '{near}'?");
        else reader.Error(entry.KeyLocation, field, $"'{entry.Key}' is not supported", "remove it; 'tulle up --help' names the fields that are read");
    }
}
