using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Changes of the headers of one direction. Names are in lower case; both maps are in the order written.</summary>
/// <param name="Set">Headers that are overwritten.</param>
/// <param name="Add">Headers that are added beside what is there.</param>
/// <param name="Remove">Names of headers that are removed.</param>
public sealed record HeaderChanges(IReadOnlyList<KeyValuePair<string, string>> Set, IReadOnlyList<KeyValuePair<string, string>> Add, IReadOnlyList<string> Remove)
{
    public static readonly HeaderChanges None = new([], [], []);

    /// <summary>
    /// Headers that no configuration may change, as they belong to the connection or to the framing of the message (RFC 9110
    /// §7.6.1, §8.6, RFC 9112 §6.1). In lower case; compared without.
    /// </summary>
    public static IReadOnlySet<string> Untouchable { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    };

    public bool IsEmpty => Set.Count == 0 && Add.Count == 0 && Remove.Count == 0;

    internal static HeaderChanges Decode(Node? node) => node is not MappingNode
        ? None
        : new HeaderChanges(Fields(node, "set"), Fields(node, "add"), [.. node.GetTexts("remove").Select(name => name.ToLowerInvariant())]);

    private static KeyValuePair<string, string>[] Fields(Node node, string key) => node.Get(key) is MappingNode fields
        ? [.. fields.Entries.Select(entry => KeyValuePair.Create(entry.Key.ToLowerInvariant(), (entry.Value as ScalarNode)?.Text ?? ""))]
        : [];
}

/// <summary>Changes of the headers of requests and of their responses.</summary>
public sealed record MessageHeaders(HeaderChanges Request, HeaderChanges Response)
{
    public static readonly MessageHeaders None = new(HeaderChanges.None, HeaderChanges.None);

    public bool IsEmpty => Request.IsEmpty && Response.IsEmpty;

    internal static MessageHeaders Decode(Node? node) => node is not MappingNode
        ? None
        : new MessageHeaders(HeaderChanges.Decode(node.Get("request")), HeaderChanges.Decode(node.Get("response")));
}
