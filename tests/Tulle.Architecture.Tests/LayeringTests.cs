using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>Who may know whom.</summary>
public sealed class LayeringTests
{
    /// <summary>The whole dependency graph. A new edge is a decision: it is made here, on purpose.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Tulle.Model"] = [],
        ["Tulle.Protocol"] = [],
        ["Tulle.Metrics"] = [],
        ["Tulle.Identity"] = [],
        ["Tulle.Http"] = [],
        ["Tulle.Transport"] = [],
        ["Tulle.Kubernetes"] = ["Tulle.Model"],
        ["Tulle.ApiServer"] = ["Tulle.Model", "Tulle.Identity"],
        ["Tulle.Proxy"] = ["Tulle.Http", "Tulle.Transport", "Tulle.Identity", "Tulle.Protocol", "Tulle.Metrics"],
        ["Tulle.ControlPlane"] = ["Tulle.Model", "Tulle.Identity", "Tulle.Kubernetes", "Tulle.Protocol", "Tulle.Metrics"],
        ["Tulle.Local"] = ["Tulle.ApiServer", "Tulle.ControlPlane", "Tulle.Kubernetes", "Tulle.Model", "Tulle.Identity"],
        ["Tulle.Cli"] = ["Tulle.Local", "Tulle.ControlPlane", "Tulle.Kubernetes", "Tulle.Model"],
    };

    [Fact]
    public void Projects_ReferenceOnlyWhatTheyMay() => Law.Holds(
        "a project references only the projects its layer allows (LayeringTests.Allowed)",
        Repository.ProductProjects.SelectMany(project => project.ProjectReferences
            .Where(reference => !Allowed.TryGetValue(project.Name, out string[]? allowed) || !allowed.Contains(reference))
            .Select(reference => $"{project.Path}: references {reference}")));

    [Fact]
    public void ProxyAndControlPlane_NeverReferenceEachOther() => Law.Holds(
        "the data plane and the control plane know each other only by Tulle.Protocol",
        new[] { ("Tulle.Proxy", "Tulle.ControlPlane"), ("Tulle.ControlPlane", "Tulle.Proxy") }
            .Where(pair => Reachable(pair.Item1).Contains(pair.Item2))
            .Select(pair => $"src/{pair.Item1}/{pair.Item1}.csproj: reaches {pair.Item2}"));

    [Fact]
    public void Packages_OfTheProxy_ServeOnlyItsControlStream() => Law.Holds(
        "the data plane is our own code: no package but gRPC and protobuf for the control stream reaches tulle-proxy",
        Reachable("Tulle.Proxy").Append("Tulle.Proxy")
            .SelectMany(name => Repository.ProductProjects.Where(p => p.Name == name))
            .SelectMany(project => project.Packages.Where(p => p is not ("Google.Protobuf" or "Grpc.Net.Client" or "Grpc.Tools"))
                .Select(package => $"{project.Path}: references package {package}")));

    private static HashSet<string> Reachable(string from)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([from]);
        while (open.TryPop(out string? name))
        {
            foreach (string next in Repository.ProductProjects.Where(p => p.Name == name).SelectMany(p => p.ProjectReferences).Where(seen.Add))
            {
                open.Push(next);
            }
        }
        return seen;
    }
}
