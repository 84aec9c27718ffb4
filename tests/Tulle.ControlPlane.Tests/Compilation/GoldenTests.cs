using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Registry;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Compilation;

/// <summary>
/// Each folder under Golden is a case: objects.yaml and the files that inputs.txt names (from Golden, or from the
/// repository's root) make the mesh; client.txt has one question a line, <c>out NAMESPACE[/POD] AUTHORITY</c> or
/// <c>in NAMESPACE/POD</c>; expected.json has the answers. TULLE_REFRESH_GOLDEN=1 writes them anew.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = RepositoryFolder.PathOf("tests", "Tulle.ControlPlane.Tests", "Compilation", "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compile_Case_MatchesExpected(string name)
    {
        string folder = Path.Combine(Folder, name);
        MeshSnapshot snapshot = SnapshotReader.Read(Inputs(folder));
        var view = new CompiledView(snapshot, 1, null, NullLogger.Instance);
        var answers = new StringBuilder();
        foreach (string question in Lines(Path.Combine(folder, "client.txt")))
            answers.Append("// ").AppendLine(question).AppendLine(Answer(view, question));
        string actual = answers.ToString();

        string expectedFile = Path.Combine(folder, "expected.json");
        if (Environment.GetEnvironmentVariable("TULLE_REFRESH_GOLDEN") == "1") File.WriteAllText(expectedFile, actual);
        Assert.True(File.Exists(expectedFile), $"{expectedFile} is missing; run with TULLE_REFRESH_GOLDEN=1 and check what it writes");
        Assert.Equal(File.ReadAllText(expectedFile), actual, ignoreLineEndingDifferences: true);
    }

    private static string Answer(CompiledView view, string question)
    {
        string[] words = question.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] client = words[1].Split('/');
        string pod = client.Length > 1 ? client[1] : "";
        IMessage message = words[0] == "in" ? view.Inbound(client[0], pod) : view.Destination(client[0], pod, words[2]);
        return new JsonFormatter(JsonFormatter.Settings.Default.WithIndentation()).Format(message);
    }

    private static IEnumerable<string> Inputs(string folder)
    {
        string objects = Path.Combine(folder, "objects.yaml");
        if (File.Exists(objects)) yield return objects;
        string inputs = Path.Combine(folder, "inputs.txt");
        if (!File.Exists(inputs)) yield break;
        foreach (string line in Lines(inputs))
            yield return line.Contains('/', StringComparison.Ordinal) ? RepositoryFolder.PathOf(line.Split('/')) : Path.Combine(Folder, line);
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
}
