namespace Tulle.Proxy.Admin;

/// <param name="Path">Without the query.</param>
/// <param name="Accept">All Accept fields as one; empty without.</param>
internal sealed record AdminRequest(string Method, string Path, string Accept)
{
    /// <summary>Reads a head, without the empty line at its end; null when it is not one that the admin port understands.</summary>
    public static AdminRequest? Parse(string head)
    {
        string[] lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [var method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"]) return null;
        const string Field = "accept:";
        IEnumerable<string> accept = lines.Skip(1).Where(line => line.StartsWith(Field, StringComparison.OrdinalIgnoreCase)).Select(line => line[Field.Length..].Trim());
        return new AdminRequest(method, target.Split('?')[0], string.Join(',', accept));
    }
}
