using System.Text.Json.Nodes;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Get;

/// <summary>Prints an object in a machine-readable format.</summary>
internal static class ObjectText
{
    public static void Write(TextWriter to, JsonNode node, string format)
    {
        if (format == OutputFormat.Yaml)
        {
            YamlText.Write(to, node);
        }
        else
        {
            JsonText.Write(to, node);
        }
    }
}
