using System.Buffers;
using Tulle.Model.Documents;

namespace Tulle.Local.Compose;

/// <summary>Names of header fields: tokens of RFC 9110, section 5.6.2.</summary>
public static class FieldName
{
    public const string Rule = "write the name of a header field, such as x-session";

    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsValid(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(s_token);

    /// <summary>A list of names in a Compose file.</summary>
    internal static List<string> Read(Node node, string field, FieldReader reader)
    {
        var names = new List<string>();
        foreach ((string text, Node item) in reader.List(node, field, "write a list of header fields, such as [x-session]") ?? [])
        {
            if (IsValid(text)) names.Add(text);
            else reader.Error(item, field, $"\"{text}\" cannot be the name of a header field", Rule);
        }
        return names;
    }
}
