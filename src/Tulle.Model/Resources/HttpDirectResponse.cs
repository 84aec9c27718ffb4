using System.Text;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A fixed response to a request.</summary>
public sealed record HttpDirectResponse(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>Largest body that is served; Istio takes 1 MB.</summary>
    public const int MaxBodyBytes = 32 * 1024;

    internal static HttpDirectResponse? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        Node? body = node.Get("body");
        byte[] bytes = body.GetText("string") is { } text ? Encoding.UTF8.GetBytes(text) : FromBase64(body.GetText("bytes") ?? "");
        return new HttpDirectResponse(node.GetInt("status") ?? 0, bytes);
    }

    private static byte[] FromBase64(string text)
    {
        byte[] bytes = new byte[(text.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : [];
    }
}
