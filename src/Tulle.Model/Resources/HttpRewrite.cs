using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Changes of path and authority before a request is forwarded.</summary>
/// <param name="Uri">Replaces the matched prefix, or the whole path where it was not matched by prefix; null keeps it.</param>
/// <param name="Authority">Null keeps it.</param>
/// <param name="Pattern">Regular expression whose matches in the path are replaced; null for none.</param>
/// <param name="Substitution">What they are replaced by; <c>\1</c> stands for a group.</param>
public sealed record HttpRewrite(string? Uri, string? Authority, string? Pattern, string Substitution)
{
    internal static HttpRewrite? Decode(Node? node) => node is not MappingNode ? null : new HttpRewrite(
        Given(node.GetText("uri")), Given(node.GetText("authority")), Given(node.Get("uriRegexRewrite").GetText("match")), node.Get("uriRegexRewrite").GetText("rewrite") ?? "");

    private static string? Given(string? text) => text is { Length: > 0 } ? text : null;
}
