using System.Text;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>The header operations of one level, a rule or a destination, made once. Immutable; any thread.</summary>
/// <param name="Fields">What happens to fields; null for nothing.</param>
/// <param name="Authority">Replaces the authority of requests; empty keeps it.</param>
internal sealed record HeaderEditsModel(FieldEdits? Fields, byte[] Authority)
{
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    };

    /// <summary>No operations.</summary>
    public static HeaderEditsModel None { get; } = new(null, []);

    /// <summary>Compiles the operations of a level; an error names the field and what is wrong.</summary>
    /// <param name="isRequest">Requests may have their host set.</param>
    public static (HeaderEditsModel? Model, string? Error) Compile(HeaderOperations? operations, bool isRequest)
    {
        if (operations is null) return (None, null);
        byte[] authority = [];
        var set = new List<FieldLine>();
        var added = new List<FieldLine>();
        foreach (string name in operations.Removed)
        {
            if (Refuse(name, "") is { } error) return (null, error);
        }
        foreach (HeaderField field in operations.Set)
        {
            if (isRequest && IsHost(field.Name))
            {
                if (RefuseHost(field.Value) is { } problem) return (null, problem);
                authority = Encoding.ASCII.GetBytes(field.Value);
                continue;
            }
            if (Refuse(field.Name, field.Value) is { } error) return (null, error);
            // The last one of a name counts, as if they had been applied one after the other.
            set.RemoveAll(line => Encoding.ASCII.GetString(line.Name).Equals(field.Name, StringComparison.OrdinalIgnoreCase));
            set.Add(new FieldLine(field.Name, field.Value));
        }
        foreach (HeaderField field in operations.Added)
        {
            if (Refuse(field.Name, field.Value) is { } error) return (null, error);
            added.Add(new FieldLine(field.Name, field.Value));
        }
        bool none = operations.Removed.Count + set.Count + added.Count == 0;
        return (new HeaderEditsModel(none ? null : new FieldEdits(operations.Removed, set, added), authority), null);
    }

    /// <summary>What is wrong with a value that becomes the authority of requests; null when nothing is.</summary>
    public static string? RefuseHost(string value) =>
        value.Length is > 0 and <= 255 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']')
            ? null
            : $"the authority \"{value}\" is not a host with an optional port";

    private static bool IsHost(string name) => name is ":authority" || name.Equals("host", StringComparison.OrdinalIgnoreCase);

    private static string? Refuse(string name, string value)
    {
        if (name.Length is 0 or > 256 || !name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)))
            return $"header \"{name}\" is not a valid field name";
        if (Framing.Contains(name)) return $"header \"{name}\" belongs to the connection or the message's framing and cannot be changed here";
        bool fits = value.Length <= 8192 && !value.AsSpan().ContainsAny('\r', '\n', '\0');
        return fits ? null : $"header \"{name}\" has a value with a line end, or one longer than 8192 characters";
    }
}
