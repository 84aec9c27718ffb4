using System.Text;
using CsCheck;

namespace Tulle.Http.Tests.Http1;

/// <summary>Random messages: well-formed ones, and bytes that are nearly so.</summary>
internal static class Generators
{
    private static readonly Gen<string> Token = Characters("abcXYZ019-_.!~", 1, 12);

    private static readonly Gen<string> Value = Characters("abc XYZ\t09;,=\"/\u00e9", 0, 30).Select(text => text.Trim(' ', '\t'));

    private static readonly Gen<string> Blank = Gen.OneOf("", " ", "\t", "  ");

    private static readonly Gen<string> Path = Characters("abc/.%20-_~:@", 0, 20).Select(text => "/" + text);

    private static readonly Gen<string> Target = Gen.Select(
        Path, Characters("ab=&?/1", 0, 12), Gen.Bool, Gen.Bool,
        (path, query, hasQuery, absolute) => (absolute ? "http://users.shop:80" : "") + path + (hasQuery ? "?" + query : ""));

    private static readonly Gen<string> Field = Gen.OneOf(
        Gen.Select(Token, Blank, Value, Blank, (name, before, value, after) => $"x{name}:{before}{value}{after}"),
        Gen.OneOf(
            "Connection: close", "Connection: keep-alive, xname", "connection: upgrade", "Upgrade: websocket", "Keep-Alive: timeout=5",
            "TE: trailers", "TE: gzip", "Proxy-Connection: close", "Expect: 100-continue", "Proxy-Authorization: Basic eA==", "Trailer: x"));

    private static readonly Gen<string> Framing = Gen.OneOf("", "Content-Length: 5", "Transfer-Encoding: chunked");

    /// <summary>The text of a well-formed request head.</summary>
    public static readonly Gen<string> RequestHead = Gen.Select(
        Gen.OneOf("GET", "POST", "HEAD", "PROPFIND", "x-custom"), Target, Gen.OneOf("1.0", "1.1"), Field.List[0, 12], Framing, Gen.Int[0, 12],
        (method, target, version, fields, framing, place) =>
        {
            if (version == "1.0" && framing.StartsWith('T')) framing = "";
            fields.Insert(Math.Min(place, fields.Count), "Host: users.shop");
            if (framing.Length > 0) fields.Insert(Math.Min(place / 2, fields.Count), framing);
            return $"{method} {target} HTTP/{version}\r\n{string.Join("\r\n", fields)}\r\n\r\n";
        });

    /// <summary>The text of a well-formed response head.</summary>
    public static readonly Gen<string> ResponseHead = Gen.Select(
        Gen.OneOf(200, 204, 304, 101, 100, 404, 503), Value, Field.List[0, 12], Framing,
        (status, reason, fields, framing) =>
        {
            if (framing.Length > 0) fields.Add(framing);
            return $"HTTP/1.1 {status} {reason}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}\r\n";
        });

    /// <summary>A chunked body and the number of content bytes in it.</summary>
    public static readonly Gen<(byte[] Body, long Content)> ChunkedBody = Gen.Select(
        Gen.Select(Gen.Byte.Array[1, 40], Gen.OneOf("", ";a", ";a=b;c=\"d e\""), Gen.Int[0, 3]).List[0, 8],
        Gen.Select(Token, Value, (name, value) => $"{name}: {value}\r\n").List[0, 3],
        (chunks, trailers) =>
        {
            var body = new List<byte>();
            long content = 0;
            foreach ((byte[] data, string extension, int zeros) in chunks)
            {
                body.AddRange(Encoding.Latin1.GetBytes($"{new string('0', zeros)}{data.Length:x}{extension}\r\n"));
                body.AddRange(data);
                body.AddRange("\r\n"u8);
                content += data.Length;
            }
            body.AddRange(Encoding.Latin1.GetBytes($"0\r\n{string.Concat(trailers)}\r\n"));
            return (body.ToArray(), content);
        });

    /// <summary>A few changes to make to a message: where, and what to put there.</summary>
    public static readonly Gen<List<(int Place, int Action, byte Value)>> Mutations = Gen.Select(
        Gen.Int[0, 10_000], Gen.Int[0, 2],
        Gen.OneOf(Gen.Byte, Gen.OneOf((byte)'\r', (byte)'\n', (byte)' ', (byte)':', (byte)'\t', (byte)0, (byte)',', (byte)'0', (byte)';')),
        (place, action, value) => (place, action, value)).List[1, 4];

    /// <summary>Applies changes: replace, insert or delete a byte.</summary>
    public static byte[] Mutate(byte[] message, List<(int Place, int Action, byte Value)> mutations)
    {
        var bytes = new List<byte>(message);
        foreach ((int place, int action, byte value) in mutations)
        {
            int index = place % (bytes.Count + 1);
            if (action == 0 || index == bytes.Count) bytes.Insert(index, value);
            else if (action == 1) bytes[index] = value;
            else bytes.RemoveAt(index);
        }
        return [.. bytes];
    }

    /// <summary>Cuts bytes at random places; every cut is a view of the start, as a receive buffer grows.</summary>
    public static IEnumerable<int> Cuts(int length, int[] places) => places.Select(place => place % (length + 1)).Append(length).Distinct().Order();

    private static Gen<string> Characters(string alphabet, int min, int max) =>
        Gen.OneOf(alphabet.ToCharArray()).Array[min, max].Select(characters => new string(characters));
}
