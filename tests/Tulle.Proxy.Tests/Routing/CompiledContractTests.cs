using Google.Protobuf;
using Tulle.Protocol;
using Tulle.Proxy.Inbound;
using Tulle.Proxy.Routing;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Routing;

/// <summary>What the control plane makes of resources, by its golden files, is what the proxy takes.</summary>
public sealed class CompiledContractTests
{
    private static readonly string Folder = RepositoryFolder.PathOf("tests", "Tulle.ControlPlane.Tests", "Compilation", "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Compile_GoldenAnswers_AreTaken(string name)
    {
        // Each answer follows a comment that repeats its question.
        string[] answers = File.ReadAllText(Path.Combine(Folder, name, "expected.json")).Split("// ", StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(answers);
        foreach (string answer in answers)
        {
            int line = answer.IndexOf('\n', StringComparison.Ordinal);
            string? error = answer.StartsWith("in ", StringComparison.Ordinal)
                ? InboundPolicyModel.Compile(JsonParser.Default.Parse<InboundPolicy>(answer[line..])).Error
                : DestinationModel.Compile(JsonParser.Default.Parse<Destination>(answer[line..])).Error;
            Assert.True(error is null, $"{answer[..line]}: {error}");
        }
    }
}
