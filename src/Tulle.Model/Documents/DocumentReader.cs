using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>Reads YAML and JSON into node trees. Malformed text is a finding, never an exception.</summary>
public static class DocumentReader
{
    /// <summary>Reads every document of a YAML (or JSON) text. Anchors, aliases and merge keys are resolved; empty documents are left out.</summary>
    /// <param name="text">The text, at most <see cref="ReadLimits.MaxLength"/> characters.</param>
    /// <param name="file">Its name for messages; null when it has none.</param>
    public static ReadResult ReadYaml(string text, string? file = null)
    {
        if (text.Length > ReadLimits.MaxLength)
            return TooLong(text.Length, new SourceLocation(file, 1, 1));
        var documents = new List<Node>();
        var findings = new List<Finding>();
        var scanner = new Scanner(new StringReader(text), skipComments: true);
        try
        {
            var parser = new Parser(scanner);
            parser.Consume<StreamStart>();
            while (parser.Accept<DocumentStart>(out _))
            {
                Node root = new YamlComposer(parser, file, findings).ComposeDocument();
                if (!root.IsNull)
                    documents.Add(root);
            }
        }
        catch (YamlException exception)
        {
            findings.Add(YamlFault.Explain(exception, text, file));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 18 throws this, not a YamlException, for a plain scalar that breaks off a flow collection: "[a\nb: c".
            var place = new SourceLocation(file, (int)scanner.CurrentPosition.Line, (int)scanner.CurrentPosition.Column);
            findings.Add(new Finding(Severity.Error, "", "this is no valid YAML", "look for a bracket, brace or quote that is not closed at or above this line", place));
        }
        return new ReadResult(documents, findings);
    }

    /// <summary>Reads one JSON value. Nodes have no location, as JSON comes from programs; a syntax error names its line.</summary>
    public static ReadResult ReadJson(ReadOnlySpan<byte> utf8) =>
        utf8.Length > ReadLimits.MaxLength ? TooLong(utf8.Length, SourceLocation.None) : JsonComposer.Compose(utf8);

    /// <summary>
    /// Reads the objects of a YAML text. A <c>List</c> stands for its items; a document that is not an object with
    /// <c>apiVersion</c> and <c>kind</c> is a finding.
    /// </summary>
    public static (IReadOnlyList<MappingNode> Objects, IReadOnlyList<Finding> Findings) ReadObjects(string text, string? file = null)
    {
        ReadResult read = ReadYaml(text, file);
        var objects = new List<MappingNode>();
        var findings = new List<Finding>(read.Findings);
        foreach (Node root in read.Documents)
            ResourceList.Unwrap(root, objects, findings);
        return (objects, findings);
    }

    private static ReadResult TooLong(int length, SourceLocation location) => new([], [new Finding(Severity.Error, "",
        $"the text is {length:N0} characters long, more than the {ReadLimits.MaxLength:N0} that are read", "split it into several files", location)]);
}
