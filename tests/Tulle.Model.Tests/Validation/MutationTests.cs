using System.Text;
using CsCheck;
using Tulle.Model.Analysis;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

/// <summary>Damaged seeds and golden inputs: whatever the damage, reading and reviewing give findings and never throw.</summary>
public sealed class MutationTests
{
    private static readonly string[] s_texts =
    [
        .. Repository.SeedFiles.Select(File.ReadAllText),
        .. Directory.GetFiles(Path.Combine(Repository.TestFolder, "Golden"), "input.yaml", SearchOption.AllDirectories).Select(File.ReadAllText),
    ];

    private static readonly Gen<string> s_insert = Gen.OneOf(
        Constants("\t", "\n", ": ", "- ", "[", "]", "{", "}", "'", "\"", "&a ", "*a", "<<: ", "!!int ", "#", "|\n", ">\n", "---\n", "...\n", "%YAML 1.1\n", "? ", "\0", "\ud800", "\u2028", "0x", "1e999", "null", "~"),
        Gen.String[Gen.Char, 1, 3]);

    private static readonly Gen<string> s_mutant =
        Gen.Select(Gen.Int[0, s_texts.Length - 1], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 10_000], Gen.Int[1, 30], s_insert).Array[1, 4])
            .Select((index, edits) => edits.Aggregate(s_texts[index], (text, edit) => Apply(text, edit.Item1, edit.Item2, edit.Item3, edit.Item4)));

    [Fact]
    public void ReadAndReview_DamagedText_NeverThrows()
    {
        s_mutant.Sample(text =>
        {
            (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) = DocumentReader.ReadObjects(text, "mutant.yaml");
            Assert.All(findings, finding => Assert.True(finding.Location.Line >= 1));
            foreach (MappingNode obj in objects)
                ReviewAll(obj);
        }, iter: 3_000);
    }

    [Fact]
    public void ReadJson_RandomBytes_NeverThrows()
    {
        Gen.OneOf(Gen.Byte.Array[0, 40], s_mutant.Select(Encoding.UTF8.GetBytes)).Sample(bytes => { DocumentReader.ReadJson(bytes); });
    }

    // A tree in which some node was replaced by another one: right syntax, wrong shape.
    [Fact]
    public void Review_DamagedTree_NeverThrows()
    {
        Node[] replacements =
        [
            ScalarNode.String(""), ScalarNode.String("x"), new ScalarNode(default, "-7", ScalarKind.Integer), new ScalarNode(default, "1e300", ScalarKind.Float),
            new ScalarNode(default, "null", ScalarKind.Null), new SequenceNode(default, []), new SequenceNode(default, [new MappingNode(default, [])]), new MappingNode(default, []),
        ];
        MappingNode[] objects = [.. s_texts.SelectMany(text => DocumentReader.ReadObjects(text).Objects)];
        Gen.Select(Gen.Int[0, objects.Length - 1], Gen.Int[0, 200], Gen.Int[0, replacements.Length - 1]).Sample((index, target, replacement) =>
        {
            int counter = target;
            ReviewAll((MappingNode)Replace(objects[index], replacements[replacement], ref counter, root: true));
        }, iter: 3_000);
    }

    private static void ReviewAll(MappingNode obj)
    {
        foreach (Finding finding in ResourceReview.Review(obj).Concat(ResourceReview.Review(obj, UnknownFields.Ignore)))
            Assert.NotEmpty(finding.Message);
        if (KindLookup.Find(obj).Kind is not { } kind)
            return;
        // What is decoded may have been admitted by a laxer server, so it need not be valid.
        MeshAnalysis.Review(new MeshSnapshot(), kind, obj);
        Service.Decode(obj);
        Pod.Decode(obj);
        EndpointSlice.Decode(obj);
        SchemaCheck.Check(ResourceCatalog.ByKind("networking.istio.io", "VirtualService")!, obj);
    }

    private static Node Replace(Node node, Node replacement, ref int counter, bool root)
    {
        if (!root && counter-- == 0)
            return replacement;
        switch (node)
        {
            case MappingNode mapping:
                var entries = new List<MappingEntry>();
                foreach (MappingEntry entry in mapping.Entries)
                    entries.Add(entry with { Value = Replace(entry.Value, replacement, ref counter, root: false) });
                return new MappingNode(mapping.Location, entries);
            case SequenceNode sequence:
                var items = new List<Node>();
                foreach (Node item in sequence.Items)
                    items.Add(Replace(item, replacement, ref counter, root: false));
                return new SequenceNode(sequence.Location, items);
            default:
                return node;
        }
    }

    private static string Apply(string text, int kind, int position, int length, string insert)
    {
        int at = text.Length == 0 ? 0 : position % text.Length;
        int end = Math.Min(text.Length, at + length);
        return kind switch
        {
            0 => text.Insert(at, insert),
            1 => text.Remove(at, end - at),
            2 => text.Insert(at, text[at..end]),
            3 => text[..at],
            _ => text[..at] + insert + text[Math.Min(text.Length, at + insert.Length)..],
        };
    }

    private static Gen<string> Constants(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
