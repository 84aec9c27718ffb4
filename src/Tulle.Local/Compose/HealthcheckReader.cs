using Tulle.Model.Documents;

namespace Tulle.Local.Compose;

/// <summary>Reads a service's <c>healthcheck</c>.</summary>
internal sealed class HealthcheckReader(Node node, string field, FieldReader reader)
{
    public HealthcheckConfig? Read()
    {
        if (reader.Mapping(node, field, "write 'test:' with a command") is not { } mapping) return null;
        var config = new HealthcheckConfig { Test = [] };
        bool tested = false;
        foreach (MappingEntry entry in mapping.Entries)
        {
            string name = $"{field}.{entry.Key}";
            switch (entry.Key)
            {
                case "test":
                    tested = true;
                    config = config with { Test = ReadTest(entry.Value, name) };
                    break;
                case "disable":
                    tested = true;
                    break;
                case "interval":
                    config = config with { Interval = reader.Duration(entry.Value, name) ?? config.Interval };
                    break;
                case "timeout":
                    config = config with { Timeout = reader.Duration(entry.Value, name) ?? config.Timeout };
                    break;
                case "start_period":
                    config = config with { StartPeriod = reader.Duration(entry.Value, name) ?? config.StartPeriod };
                    break;
                case "retries":
                    config = config with { Retries = reader.Integer(entry.Value, name, 1, 1000) ?? config.Retries };
                    break;
                default:
                    reader.Error(entry.KeyLocation, name, $"'{entry.Key}' is not supported", "healthcheck takes test, interval, timeout, retries and start_period");
                    break;
            }
        }
        if (!tested) reader.Error(node, $"{field}.test", "is missing", "write 'test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:${PORT}/health\"]'");
        return config;
    }

    private IReadOnlyList<string> ReadTest(Node test, string name)
    {
        if (test is ScalarNode) return reader.Text(test, name) is { } command ? ["sh", "-c", command] : [];
        IReadOnlyList<string> words = [.. reader.List(test, name, "write a list that starts with CMD or CMD-SHELL")?.Select(item => item.Text) ?? []];
        switch (words)
        {
            case ["NONE"]:
                return [];
            case ["CMD", _, ..]:
                return [.. words.Skip(1)];
            case ["CMD-SHELL", var command]:
                return ["sh", "-c", command];
            default:
                reader.Error(test, name, "must start with CMD, CMD-SHELL or NONE", "write [\"CMD\", PROGRAM, ARGUMENT, …] or [\"CMD-SHELL\", \"COMMAND LINE\"]");
                return [];
        }
    }
}
